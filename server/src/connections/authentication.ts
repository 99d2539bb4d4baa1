import { z } from 'zod'
import type { Platform } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { reveal, Secret } from './secret.ts'

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Headers that belong to the connection with the partner's server; who sets them could reach another virtual host, or break the framing. */
export const transportHeaders: ReadonlySet<string> = new Set(
  'host connection content-length expect keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade'.split(' '),
)
const headerName = z
  .string()
  .regex(HEADER_NAME, 'is not a header name')
  .refine((name) => !transportHeaders.has(name.toLowerCase()), 'belongs to the transport and carries no credential')

/** How a platform wants to be shown a credential. What is secret stands apart, in fields of its own. */
export const authenticationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('bearer') }),
  z.strictObject({ kind: z.literal('basic') }),
  z
    .strictObject({ kind: z.literal('apiKey'), header: headerName.optional(), query: z.string().min(1).optional() })
    .refine((auth) => !(auth.header && auth.query), 'an API key goes into a header or into the query, not both'),
  z.strictObject({
    kind: z.literal('header'),
    header: headerName,
    prefix: z
      .string()
      .regex(/^[ -~]*$/, 'is not visible ASCII')
      .optional(),
  }),
])

export type Authentication = z.infer<typeof authenticationSchema>

/** Secret fields by name, as `secretFieldsOf` lists them for the kind. */
export type Secrets = Readonly<Record<string, Secret>>

const FIELDS: Record<Authentication['kind'], readonly string[]> = {
  none: [],
  bearer: ['token'],
  basic: ['username', 'password'],
  apiKey: ['key'],
  header: ['value'],
}

/** The header of an API key whose platform names none. */
const DEFAULT_API_KEY_HEADER = 'x-api-key'

/** Names of the secret fields that a kind of authentication needs. */
export function secretFieldsOf(kind: Authentication['kind']): readonly string[] {
  return FIELDS[kind]
}

/** What a platform's file says of it, where a connection says nothing else. */
export function authenticationOfPlatform({ spec: { authentication } }: Platform): Authentication {
  return parseAuthentication(authentication)
}

/** @throws connections.authentication_malformed */
export function parseAuthentication(value: unknown): Authentication {
  const parsed = authenticationSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw errors.authentication_malformed({
    reason: parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '),
  })
}

/**
 * Checks that exactly the fields of this kind are given and can be sent. Space around a value is taken off, because it
 * comes with pasting; a password keeps its own.
 *
 * @throws connections.secret_missing, connections.secret_malformed
 */
export function checkSecrets(authentication: Authentication, secrets: Secrets): Secrets {
  const expected = secretFieldsOf(authentication.kind)
  const found = Object.keys(secrets).filter((field) => reveal(secrets[field]!).trim() !== '')
  const complete = expected.length === found.length && expected.every((field) => found.includes(field))
  if (!complete) throw errors.secret_missing({ kind: authentication.kind, expected: listed(expected), found: listed(found) })
  return Object.fromEntries(expected.map((field) => [field, sendable(authentication, field, secrets[field]!)]))
}

function listed(fields: readonly string[]): string[] {
  return fields.length > 0 ? [...fields] : ['none']
}

function sendable(authentication: Authentication, field: string, secret: Secret): Secret {
  const text = reveal(secret)
  const value = field === 'password' ? text : text.trim()
  if (/[\u0000-\u001f\u007f]/.test(value)) throw errors.secret_malformed({ field, reason: 'it contains a line break or control character' })
  // Basic is base64 of UTF-8 and a query is percent-encoded; only a bare header value is bound to visible ASCII.
  const inHeader = authentication.kind !== 'basic' && !('query' in authentication && authentication.query)
  if (inHeader && /[^\x20-\x7e]/.test(value))
    throw errors.secret_malformed({ field, reason: 'it contains characters a header can not carry' })
  if (field === 'username' && value.includes(':'))
    throw errors.secret_malformed({ field, reason: 'a user name of basic authentication has no ":"' })
  return new Secret(value)
}

/** What a credential adds to a request. */
export interface Credential {
  headers: Readonly<Record<string, string>>
  query?: readonly [name: string, value: string]
  /** Every form in which a partner could echo it, longest first. */
  echoes: readonly string[]
}

/** Shorter values are not searched for in bodies: replacing "42" everywhere would destroy them and hide nothing. */
const SHORTEST_ECHO = 4

/** Turns secret fields into what is sent. Deterministic, so it may be kept as long as the secret version stands. */
export function credentialOf(authentication: Authentication, secrets: Secrets): Credential {
  const value = (field: string) => reveal(secrets[field]!)
  switch (authentication.kind) {
    case 'none':
      return { headers: {}, echoes: [] }
    case 'bearer':
      return { headers: { authorization: `Bearer ${value('token')}` }, echoes: echoesOf([value('token')]) }
    case 'basic': {
      const encoded = Buffer.from(`${value('username')}:${value('password')}`, 'utf8').toString('base64')
      return { headers: { authorization: `Basic ${encoded}` }, echoes: echoesOf([encoded, value('password')]) }
    }
    case 'apiKey':
      if (authentication.query) return { headers: {}, query: [authentication.query, value('key')], echoes: echoesOf([value('key')]) }
      return headerCredential(authentication.header ?? DEFAULT_API_KEY_HEADER, value('key'), value('key'))
    case 'header':
      return headerCredential(authentication.header, `${authentication.prefix ?? ''}${value('value')}`, value('value'))
  }
}

function headerCredential(name: string, value: string, secret: string): Credential {
  // "Token abc", entered whole, is also echoed as "abc".
  return { headers: { [name.toLowerCase()]: value }, echoes: echoesOf([value, secret, secret.split(' ').at(-1)!]) }
}

function echoesOf(values: readonly string[]): string[] {
  const forms = values.flatMap((value) => {
    const quoted = quote(value)
    // Quoted twice: JSON inside a JSON text, as error messages have it.
    const inJson = [quoted, quoted.replaceAll('/', '\\/'), quote(quoted)]
    return [value, ...inJson, htmlEscaped(value), encodeURIComponent(value), Buffer.from(value, 'utf8').toString('base64')]
  })
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_ECHO).sort((a, b) => b.length - a.length)
}

function quote(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function htmlEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
