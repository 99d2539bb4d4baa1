import { isIP } from 'node:net'
import { type AllowsPrivate, bareHost, judgeAddress } from '../gateway/index.ts'
import { errors } from './errors.ts'

/**
 * The address of a receiver. What a name resolves to is judged again whenever a socket is opened, so that this is only the first gate.
 *
 * @param allowsPrivate hosts that the operator allows: these may also be called without TLS
 * @throws notifications.url_refused
 */
export function readWebhookUrl(text: string, allowsPrivate: AllowsPrivate): string {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) throw errors.url_refused({ reason: 'it is no http address' })
  const allowed = allowsPrivate(url.hostname, url.port, url.protocol)
  if (url.protocol !== 'https:' && !allowed) throw errors.url_refused({ reason: 'it is not https' })
  if (url.username !== '' || url.password !== '') throw errors.url_refused({ reason: 'it carries a user or a password' })
  const host = bareHost(url.hostname)
  const verdict = isIP(host) === 0 ? undefined : judgeAddress(host)
  if (verdict && verdict.kind !== 'public' && !(allowed && verdict.kind === 'private'))
    throw errors.url_refused({ reason: `it leads to a ${verdict.range} address` })
  url.hash = ''
  return url.href
}
