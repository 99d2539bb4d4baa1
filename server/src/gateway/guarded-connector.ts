import { lookup as systemLookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { type AllowsPrivate, bareHost } from './allowed-hosts.ts'
import { errors } from './errors.ts'
import { judgeAddress } from './judge-address.ts'

export interface ResolvedAddress {
  address: string
  family: number
}

/** Finds all addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>

export interface GuardOptions {
  allowsPrivate: AllowsPrivate
  /** From asking the resolver to the end of the TLS handshake. */
  connectTimeoutMs: number
  resolve?: Resolve
  /** Additional certificate authorities in PEM, for partners with their own. */
  certificateAuthorities?: string[]
}

/**
 * Opens sockets for undici, but only to addresses that may be called (rule: no server-side request forgery).
 *
 * The check stands where the connection is made, not where the URL is read: what the resolver answers is judged and
 * exactly that is connected to, so a name that changes its address between two questions (DNS rebinding) gains nothing,
 * and redirects, whoever follows them, pass here as well. One forbidden address among several refuses the host.
 *
 * The connector's error is `gateway.address_refused`; it names the range, not the address: what a name means inside the
 * operator's network is nobody else's business.
 */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const resolve = options.resolve ?? ((hostname) => systemLookup(hostname, { all: true }))
  const strict = connectorWith(options, checkedLookup(resolve, false))
  const lenient = connectorWith(options, checkedLookup(resolve, true))
  return (target, callback) => {
    const hostname = bareHost(target.hostname)
    const allowPrivate = options.allowsPrivate(hostname, target.port, target.protocol)
    // A literal address never reaches the lookup.
    const refusal = isIP(hostname) ? refusalOf(hostname, [{ address: hostname }], allowPrivate) : undefined
    if (refusal) return callback(refusal, null)
    const connect = allowPrivate ? lenient : strict
    return connect(target, (error, socket) => {
      if (error) return callback(error, null)
      // Belt and braces: whatever way the socket found, its end is judged once more.
      const late = refusalOf(hostname, [{ address: socket!.remoteAddress ?? '' }], allowPrivate)
      if (!late) return callback(null, socket!)
      socket!.destroy()
      return callback(late, null)
    })
  }
}

function connectorWith(options: GuardOptions, lookup: LookupFunction): buildConnector.connector {
  return buildConnector({
    timeout: options.connectTimeoutMs,
    allowH2: false,
    autoSelectFamily: true,
    lookup,
    ...(options.certificateAuthorities ? { ca: options.certificateAuthorities } : {}),
  } as buildConnector.BuildOptions)
}

function checkedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (hostname, lookupOptions, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const refusal = refusalOf(hostname, addresses, allowPrivate)
        if (refusal) return callback(refusal, [])
        if (addresses.length === 0) return callback(Object.assign(new Error(`no address for ${hostname}`), { code: 'ENOTFOUND' }), [])
        if (lookupOptions.all) return callback(null, [...addresses])
        return callback(null, addresses[0]!.address, addresses[0]!.family)
      },
      (error) => callback(error, []),
    )
  }
}

function refusalOf(host: string, addresses: readonly { address: string }[], allowPrivate: boolean): Error | undefined {
  for (const { address } of addresses) {
    const { kind, range } = judgeAddress(address)
    if (kind === 'never' || (kind === 'private' && !allowPrivate)) return errors.address_refused({ host, range })
  }
  return undefined
}
