import { errors } from './errors.ts'

/** Whether the operator allows private addresses behind a host; `port` as in a URL, '' standing for the scheme's own. */
export type AllowsPrivate = (hostname: string, port: string, protocol: string) => boolean

/**
 * Reads the operator's list of hosts that may stand for loopback and private addresses: `crm.internal` (any port),
 * `localhost:4010`, `10.0.0.7`, `[::1]:3000`.
 *
 * @throws gateway.allowed_host_malformed
 */
export function parseAllowedHosts(hosts: readonly string[]): AllowsPrivate {
  const allowed = new Set(hosts.map(canonical))
  return (hostname, port, protocol) => {
    if (allowed.size === 0) return false
    const host = bareHost(hostname)
    return allowed.has(host) || allowed.has(`${host} ${port || defaultPort(protocol)}`)
  }
}

/** Host names in the form that sockets take: lower case, no brackets, no final dot. */
export function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function canonical(entry: string): string {
  // The URL parser knows every spelling of an address; a scheme without a default port keeps the port visible.
  const url = URL.parse(`http://${entry}`)
  const plain = url && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && !entry.includes('/')
  if (!plain || url.hostname === '') throw errors.allowed_host_malformed({ host: entry })
  const port = /:\d+$/.test(entry) ? url.port || '80' : ''
  return port === '' ? bareHost(url.hostname) : `${bareHost(url.hostname)} ${port}`
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80'
}
