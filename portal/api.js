/** What the server refused, in its own words. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `The server answered ${status}.`)
    this.status = status
    this.fix = problem?.fix ?? ''
    this.code = problem?.code ?? ''
  }
}

const storedUnder = 'bridgekeeper-key'

/** The key from the link that `bridgekeeper start` prints, or of this tab. It is taken out of the address, so that it is in no history. */
export function takeKey() {
  const given = /^#key=(bk_[\w-]+)$/.exec(location.hash)?.[1]
  if (given) {
    sessionStorage.setItem(storedUnder, given)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(storedUnder)
}

export function keepKey(key) {
  sessionStorage.setItem(storedUnder, key)
}

export function forgetKey() {
  sessionStorage.removeItem(storedUnder)
}

/** @param {string} path below /api @throws Refused; TypeError when the server does not answer */
export async function ask(path, body) {
  const response = await fetch(`/api${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(storedUnder)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    cache: 'no-store',
  })
  const answer = await response.json().catch(() => undefined)
  if (!response.ok) throw new Refused(response.status, answer)
  return answer
}

/** @returns {Promise<'ready' | 'stopping' | 'database away' | 'no answer'>} */
export async function askHealth() {
  try {
    return (await (await fetch('/readyz', { cache: 'no-store' })).json()).status
  } catch {
    return 'no answer'
  }
}
