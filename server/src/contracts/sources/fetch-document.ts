import type { Dispatcher } from 'undici'
import { type Exchanged, follow } from '../../gateway/index.ts'
import { decodeText } from '../decode-text.ts'
import { defaultLimits } from '../parse-document.ts'

export interface FetchLimits {
  /** For one file, redirects included. */
  timeoutMs: number
  /** For all files of one contract. */
  totalMs: number
  /** Of all files of one contract, after decompression. */
  maxBytes: number
}
export const defaultFetchLimits: FetchLimits = { timeoutMs: 30_000, totalMs: 120_000, maxBytes: defaultLimits.maxBytes }

export type Fetched =
  | { kind: 'document'; text: string /** Behind redirects. */; url: string; etag: string | null; lastModified: string | null }
  | { kind: 'unchanged' }
  | { kind: 'unreachable'; reason: string; fix: string; retryAfterMs: number }

export interface Validators {
  etag: string | null
  lastModified: string | null
}

/** Fetches the files of one contract within the limits of all of them. @param seen what is known already: then the answer may be `unchanged` */
export type FetchDocument = (url: string, seen?: Validators) => Promise<Fetched>

const maxRedirects = 5
const accept = 'application/vnd.oai.openapi+json, application/json;q=0.9, application/yaml;q=0.9, text/yaml;q=0.9, */*;q=0.5'

/** @param dispatcher of the gateway's guarded pools: no private address is reached, behind redirects and names neither */
export function documentFetcher(dispatcher: Dispatcher, limits: FetchLimits): FetchDocument {
  const deadline = performance.now() + limits.totalMs
  let bytesLeft = limits.maxBytes
  return async (address, seen) => {
    const url = URL.parse(address)
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
      return unreachable(
        `${redacted(address)} is no plain web address`,
        'Write an address with http:// or https:// and without a password.',
      )
    const timeoutMs = Math.min(limits.timeoutMs, deadline - performance.now())
    if (timeoutMs <= 0) return unreachable(`the files did not come within ${limits.totalMs / 1000} seconds`, bundleFix)
    if (bytesLeft <= 0) return unreachable(`the files have more than ${limits.maxBytes} bytes`, bundleFix)
    const conditional = conditions(seen)
    const headers = { accept, 'user-agent': 'bridgekeeper', 'accept-encoding': 'gzip, br', ...conditional }
    const request = { origin: url.origin, path: url.pathname + url.search, method: 'GET', headers, body: null }
    const { answer, url: found } = await follow(dispatcher, request, { timeoutMs, maxResponseBytes: bytesLeft }, maxRedirects)
    if (!answer.answered) return failed(answer.error, limits)
    // Who says so unasked, as a broken cache does, has not looked.
    if (answer.status === 304 && Object.keys(conditional).length > 0) return { kind: 'unchanged' }
    if (answer.status !== 200) return refused(answer)
    bytesLeft -= answer.body.length
    return {
      kind: 'document',
      text: decodeText(answer.body, answer.headers['content-type']),
      url: found,
      etag: answer.headers.etag ?? null,
      lastModified: answer.headers['last-modified'] ?? null,
    }
  }
}

const bundleFix = 'Ask the owner to publish the contract as one file, or upload it: bridgekeeper contracts publish <platform> <file>.'
const addressFix = 'Open the address in a browser; if the contract moved, change spec.contract of the platform.'

function conditions(seen: Validators | undefined): Record<string, string> {
  return {
    ...(seen?.etag ? { 'if-none-match': seen.etag } : {}),
    ...(seen?.lastModified ? { 'if-modified-since': seen.lastModified } : {}),
  }
}

function unreachable(reason: string, fix: string, retryAfterMs = 0): Fetched {
  return { kind: 'unreachable', reason, fix, retryAfterMs }
}

/** Texts stay the same from one time to the next, so that the same again is one incident. */
function failed(error: Error, { timeoutMs, maxBytes }: FetchLimits): Fetched {
  const code = String((error as { code?: unknown }).code ?? '')
  if (code === 'gateway.address_refused')
    return unreachable(
      error.message,
      'Contracts are read from public addresses only, unless spec.outbound.allowPrivateHosts names the host.',
    )
  if (code === 'ANSWER_TOO_LONG') return unreachable(`the document has more than ${maxBytes} bytes`, bundleFix)
  if (code === 'TIMEOUT') return unreachable(`no whole answer came within ${timeoutMs / 1000} seconds`, addressFix)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return unreachable('the name of its host is not known', addressFix)
  return unreachable(`the connection failed: ${code || error.message}`, addressFix)
}

function refused({ status, headers }: Exchanged & { answered: true }): Fetched {
  const retryAfterMs = retryAfter(headers['retry-after'])
  if (status === 401 || status === 403)
    return unreachable(
      `the answer is ${status}: the address asks for credentials`,
      'Ask the owner for an address that needs none, or upload the contract: bridgekeeper contracts publish <platform> <file>.',
      retryAfterMs,
    )
  if (status >= 300 && status < 400) return unreachable(`the answer is ${status}: a redirect that is not followed`, addressFix)
  if (status === 429 || status >= 500)
    return unreachable(`the answer is ${status}`, 'It is tried again by itself; tell the owner if it lasts.', retryAfterMs)
  return unreachable(`the answer is ${status}`, addressFix, retryAfterMs)
}

/** Seconds or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | undefined): number {
  if (value === undefined) return 0
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}

const redacted = (address: string): string => address.replace(/\/\/[^/@]*@/, '//***@')
