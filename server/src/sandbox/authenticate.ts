import type { Contract, Operation } from './contract.ts'
import type { RawRequest } from './requests.ts'

export interface Refusal {
  expected: string
  found: string
  /** Value of `WWW-Authenticate`. */
  challenge: string
}

/**
 * Checks that a request carries a credential as its operation declares: one alternative with all its schemes.
 *
 * @param accepted credentials that count; undefined lets any that is not empty pass. Where the contract declares no
 *                 authentication at all but credentials are given, `Authorization` must carry one of them.
 */
export function authenticator(
  contract: Contract,
  operation: Operation,
  accepted: ReadonlySet<string> | undefined,
): (raw: RawRequest) => Refusal | undefined {
  const alternatives = operation.security.filter((each) => Object.keys(each).every((name) => contract.securitySchemes[name]))
  const isDeclared = operation.security.length > 0
  if (!isDeclared && !accepted) return () => undefined
  // Schemes that the contract names and does not describe can't be asked for.
  if (operation.security.some((each) => Object.keys(each).length === 0) || (isDeclared && alternatives.length === 0)) return () => undefined
  if (!isDeclared)
    return (raw) => (accepts(accepted, credentialOf(raw)) ? undefined : refusal('a credential in the header Authorization', raw))
  const checks = alternatives.map((each) =>
    Object.keys(each).map((name) => schemeCheck(contract.resolve(contract.securitySchemes[name]!), accepted)),
  )
  const expected = checks.map((all) => all.map((check) => check.expected).join(' and ')).join(', or ')
  return (raw) => (checks.some((all) => all.every((check) => check.isMet(raw))) ? undefined : refusal(expected, raw))
}

interface SchemeCheck {
  expected: string
  isMet: (raw: RawRequest) => boolean
}

// biome-ignore lint/suspicious/noExplicitAny: a security scheme as it stands in the contract.
function schemeCheck(scheme: any, accepted: ReadonlySet<string> | undefined): SchemeCheck {
  if (scheme.type === 'apiKey') {
    const expected = `an API key in the ${scheme.in === 'query' ? 'query parameter' : scheme.in} ${scheme.name}`
    return { expected, isMet: (raw) => accepts(accepted, keyAt(raw, scheme.in, scheme.name)) }
  }
  if (scheme.type === 'http' && scheme.scheme?.toLowerCase() === 'basic')
    return { expected: 'basic authentication', isMet: (raw) => accepts(accepted, afterWord(raw, 'basic')) }
  if (scheme.type === 'mutualTLS') return { expected: 'a client certificate', isMet: () => true }
  return {
    expected: 'a bearer token in the header Authorization',
    isMet: (raw) => accepts(accepted, afterWord(raw, scheme.type === 'http' ? scheme.scheme : 'bearer')),
  }
}

function keyAt(raw: RawRequest, place: string, name: string): string | undefined {
  if (place === 'header') return text(raw.headers[name.toLowerCase()])
  if (place === 'query') return new URLSearchParams(raw.query).get(name) ?? undefined
  return new RegExp(`(?:^|;\\s*)${name.replace(/\W/g, '\\$&')}=([^;]*)`).exec(text(raw.headers.cookie) ?? '')?.[1]
}

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

function afterWord(raw: RawRequest, word: string): string | undefined {
  const value = text(raw.headers.authorization) ?? ''
  // GitHub's clients write `token`, where the field says `Bearer`.
  const found = /^(\S+)\s+(.+)$/.exec(value)
  const isSame =
    found && (found[1]!.toLowerCase() === word.toLowerCase() || (word.toLowerCase() === 'bearer' && found[1]!.toLowerCase() === 'token'))
  return isSame ? found[2] : undefined
}

const accepts = (accepted: ReadonlySet<string> | undefined, credential: string | undefined) =>
  credential !== undefined && credential !== '' && (accepted === undefined || accepted.has(credential))

/** The credential of a request, wherever it stands by custom; faults use it to expire one token and not its successor. */
export function credentialOf(raw: RawRequest): string | undefined {
  const authorization = text(raw.headers.authorization)
  return authorization ? authorization.replace(/^\S+\s+/, '') : (text(raw.headers['x-api-key']) ?? text(raw.headers['api-key']))
}

function refusal(expected: string, raw: RawRequest): Refusal {
  const found = raw.headers.authorization
    ? `a header Authorization that begins with ${String(raw.headers.authorization).split(' ')[0]} and is not accepted`
    : 'no accepted credential'
  return { expected, found, challenge: expected.includes('basic') ? 'Basic realm="sandbox"' : 'Bearer realm="sandbox"' }
}
