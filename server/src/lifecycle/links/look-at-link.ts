import { type Dispatcher, request } from 'undici'

export type LinkState = 'reachable' | 'private' | 'broken' | 'unknown'

export interface Look {
  state: LinkState
  status?: number
  /** A sentence. */
  detail: string
  /** Nobody there, but perhaps only now: believed when it is seen twice. */
  doubtful?: boolean
}

const redirects = new Set([301, 302, 303, 307, 308])
const maxRedirects = 5
const signInWords = /(^|[/._-])(log-?in|sign-?in|sso|oauth2?|authorize|auth)([/._?-]|$)/i

/**
 * Asks for one page, HEAD first, GET where the server will not answer HEAD. Every hop passes the dispatcher's guard. Never throws.
 *
 * @param timeoutMs for all of it
 */
export async function lookAtLink(dispatcher: Dispatcher, url: string, timeoutMs: number): Promise<Look> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const head = await follow(dispatcher, url, 'HEAD', signal)
    // Servers that don't know HEAD answer it with anything from 403 to 501.
    return judge(head.status >= 400 && head.status !== 401 ? await follow(dispatcher, url, 'GET', signal) : head)
  } catch (error) {
    return judgeError(error as Error & { code?: string })
  }
}

interface Answer {
  status: number
  /** The address that answered at last. */
  url: string
}

async function follow(dispatcher: Dispatcher, from: string, method: 'HEAD' | 'GET', signal: AbortSignal): Promise<Answer> {
  let url = from
  for (let hop = 0; ; hop += 1) {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      method,
      signal,
      headers: { 'user-agent': 'bridgekeeper link check' },
    })
    // Only whether it is there matters: the page itself is not read.
    body.on('error', () => {})
    body.destroy()
    const location = typeof headers.location === 'string' ? URL.parse(headers.location, url) : null
    const next = redirects.has(statusCode) && location !== null && /^https?:$/.test(location.protocol) && location.username === ''
    if (!next || hop === maxRedirects) return { status: statusCode, url }
    url = location.href
  }
}

function judge({ status, url }: Answer): Look {
  const { pathname, hostname } = new URL(url)
  if (status === 401 || status === 403) return { state: 'private', status, detail: `answers ${status}: it asks to sign in` }
  if (status < 300 && signInWords.test(`${hostname}${pathname}`)) return { state: 'private', status, detail: 'leads to a page to sign in' }
  if (status < 300) return { state: 'reachable', status, detail: `answers ${status}` }
  if (status === 404 || status === 410) return { state: 'broken', status, detail: `answers ${status}` }
  if (status < 400) return { state: 'unknown', status, detail: `redirects more than ${maxRedirects} times or nowhere` }
  return { state: 'unknown', status, detail: `answers ${status}` }
}

/** A name that does not exist or a door that is shut may be an outage; an address that may not be asked tells nothing about the page. */
function judgeError(error: Error & { code?: string }): Look {
  // A time-out is a DOMException, whose code is a number of another kind.
  const code = typeof error.code === 'string' ? error.code : error.name
  if (code === 'gateway.address_refused') return { state: 'unknown', detail: 'stands for an address that is not called from here' }
  if (['ENOTFOUND', 'ECONNREFUSED', 'EHOSTUNREACH'].includes(code) || code.startsWith('ERR_TLS') || code.startsWith('CERT_'))
    return { state: 'broken', detail: `cannot be reached (${code})`, doubtful: true }
  return { state: 'unknown', detail: `no answer (${code})` }
}
