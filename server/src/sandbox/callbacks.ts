import type { Callback } from './contract.ts'
import { unescapePart } from './contract-change.ts'
import type { RawRequest } from './requests.ts'

/** A call that an operation has answered, as far as the runtime expressions of OpenAPI can ask about it. */
export interface AnsweredCall {
  raw: RawRequest
  pathValues: Record<string, string>
  /** As parsed. */
  body: unknown
  answer: { status: number; headers: Record<string, string>; body: unknown }
}

/**
 * Where a callback goes: its runtime expression, such as `{$request.body#/callbackUrl}/data`, with what the call said.
 *
 * @returns undefined when the call does not say it, or says no HTTP address: a client that wants no callback leaves it out
 */
export function callbackAddress({ expression }: Callback, call: AnsweredCall): string | undefined {
  let isWhole = true
  const address = expression.replace(/\{(\$[^}]+)\}/g, (_, inner: string) => {
    const value = said(inner, call)
    if (typeof value !== 'string' && typeof value !== 'number') isWhole = false
    return String(value)
  })
  return isWhole && /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}

function said(expression: string, { raw, pathValues, body, answer }: AnsweredCall): unknown {
  if (expression === '$method') return raw.method
  if (expression === '$statusCode') return answer.status
  if (expression === '$url') return `http://${raw.headers.host ?? 'localhost'}${raw.path}${raw.query ? `?${raw.query}` : ''}`
  const found = /^\$(request|response)\.(query|path|header|body)(?:\.([^#]+)|#(.*))?$/.exec(expression)
  if (!found) return undefined
  const [, side, place, name = '', pointer = ''] = found
  if (place === 'body') return valueAt(side === 'request' ? body : answer.body, pointer)
  if (place === 'header') return side === 'request' ? raw.headers[name.toLowerCase()] : answer.headers[name.toLowerCase()]
  if (side === 'response') return undefined
  return place === 'query' ? (new URLSearchParams(raw.query).get(name) ?? undefined) : pathValues[name]
}

function valueAt(value: unknown, pointer: string): unknown {
  const parts = pointer.split('/').slice(1).map(unescapePart)
  return parts.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    value,
  )
}

/**
 * Whether a callback may be sent there: to this machine, or to the host that webhooks go to. Examples of contracts name hosts of strangers, and a
 * test must not call them.
 */
export function isOurs(address: string, webhookUrl: string): boolean {
  const { hostname } = new URL(address)
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || hostname === new URL(webhookUrl).hostname
}
