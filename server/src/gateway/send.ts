import type { Dispatcher } from 'undici'
import type { Authorization } from '../connections/index.ts'
import { type Exchanged, type ExchangeLimits, exchange, type WireRequest } from './exchange.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** What goes to another origin after a redirect: nothing that could carry a credential of any kind. */
const SAFE_HEADERS = ['accept', 'accept-language', 'user-agent', 'traceparent']

/**
 * Sends with the credential and follows redirects as far as they are declared: GET and HEAD only, never from https to
 * http, each hop through the same guard. On another origin the credential and all headers of the flow are left behind.
 *
 * @returns the last answer; a redirect that may not be followed is such an answer
 */
export async function send(
  dispatcher: Dispatcher,
  request: WireRequest,
  authorization: Authorization,
  limits: ExchangeLimits,
  maxRedirects: number,
): Promise<Exchanged> {
  const authorized = { ...request, ...authorization.apply(request) }
  if (maxRedirects === 0 || (request.method !== 'GET' && request.method !== 'HEAD')) return exchange(dispatcher, authorized, limits)
  return (await follow(dispatcher, authorized, limits, maxRedirects)).answer
}

/** Sends a GET or HEAD and follows its redirects within the time of one. @returns the last answer, and the address that gave it */
export async function follow(
  dispatcher: Dispatcher,
  request: WireRequest,
  limits: ExchangeLimits,
  maxRedirects: number,
): Promise<{ answer: Exchanged; url: string }> {
  const deadline = performance.now() + limits.timeoutMs
  let hop: WireRequest = request
  for (let left = maxRedirects; ; left -= 1) {
    const remaining = { ...limits, timeoutMs: Math.max(1, deadline - performance.now()) }
    const answer = await exchange(dispatcher, hop, remaining)
    const next = answer.answered && left > 0 && REDIRECTS.has(answer.status) ? target(hop, answer.headers.location) : undefined
    if (!next) return { answer, url: hop.origin + hop.path }
    hop = next.origin === request.origin ? { ...hop, ...next } : { ...hop, ...next, headers: pick(hop.headers, SAFE_HEADERS) }
  }
}

function target(from: WireRequest, location: string | undefined): { origin: string; path: string } | undefined {
  const url = location === undefined ? null : URL.parse(location, from.origin + from.path)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  if (url.protocol === 'http:' && from.origin.startsWith('https:')) return undefined
  if (url.username !== '' || url.password !== '') return undefined
  return { origin: url.origin, path: url.pathname + url.search }
}

function pick(headers: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])))
}
