import type { BridgekeeperError } from './define-errors.ts'

/** An error as programs read it (RFC 9457), whoever answers. */
export interface ProblemDetails {
  /** Names the entry of docs/errors.md. */
  type: string
  title: string
  status: number
  code: string
  detail: string
  fix: string
  /** Whether the same request can succeed later without anybody changing anything. */
  retry: boolean
}

export function problemDetails({ code, status, message, fix, retry }: BridgekeeperError): ProblemDetails {
  const title = code.split('.')[1]!.replaceAll('_', ' ')
  return { type: `https://bridgekeeper.dev/errors#${code}`, title, status, code, detail: message, fix, retry }
}
