import { BridgekeeperError } from '../errors/index.ts'
import { controlPath } from './control.ts'
import { errors } from './errors.ts'

export interface ControlCall {
  /** Base address of the sandbox. */
  url: string
  token?: string | undefined
  method: string
  /** Below `/__sandbox`. */
  path: string
  body?: unknown
}

/**
 * Steers a running sandbox from another process.
 *
 * @throws sandbox.unreachable, and every refusal of the control API with its own code
 */
export async function callControl<T>({ url, token, method, path, body }: ControlCall): Promise<T> {
  const headers: Record<string, string> = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const response = await fetch(`${url.replace(/\/$/, '')}${controlPath}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((cause: Error) => {
    throw errors.unreachable({ url, reason: (cause.cause as Error | undefined)?.message ?? cause.message }, cause)
  })
  const answer = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; fix?: string }
  if (response.ok) return answer as T
  if (answer.code === undefined) throw errors.unreachable({ url, reason: `what answers there is no sandbox (${response.status})` })
  throw new BridgekeeperError({
    code: answer.code,
    status: response.status,
    retry: false,
    message: answer.detail ?? '',
    fix: answer.fix ?? '',
    values: {},
  })
}
