import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * `public`: anybody may be sent there. `private`: part of some network of one's own; only for hosts that the operator
 * allows by name. `never`: no partner can live there (cloud metadata, multicast, reserved, tunnels that hide a target).
 */
export interface AddressVerdict {
  kind: 'public' | 'private' | 'never'
  /** The range in words, for people. */
  range: string
}

/** Ranges that ipaddr.js names, as an operator would meet them in an own network. */
const PRIVATE: Readonly<Record<string, string>> = {
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'carrier-grade NAT',
}

/** Public by their number, but they lead into the cloud the program runs in: Azure's host agent. */
const METADATA = new Set(['168.63.129.16', '100.100.100.200', '169.254.169.254', 'fd00:ec2::254'])

/**
 * Judges one address, given in any form that resolvers and sockets use. IPv4 in IPv6 clothes (mapped, NAT64) is judged as
 * the IPv4 address it leads to. Unknown forms are `never`.
 *
 * Source: the IANA special-purpose address registries (RFC 6890), RFC 6052 (NAT64), RFC 4291 §2.5.5 (mapped).
 */
export function judgeAddress(address: string): AddressVerdict {
  const bare = address.replace(/%.*$/, '')
  // ipaddr.js also takes 1.2.3 and 0x7f.1, which mean different addresses to different readers.
  if (isIP(bare) === 0) return { kind: 'never', range: 'malformed' }
  const parsed = ipaddr.parse(bare)
  return parsed.kind() === 'ipv4' ? judgeV4(parsed as ipaddr.IPv4) : judgeV6(parsed as ipaddr.IPv6)
}

function judgeV4(address: ipaddr.IPv4): AddressVerdict {
  if (METADATA.has(address.toString())) return { kind: 'never', range: 'cloud metadata' }
  return verdictOf(address.range())
}

function judgeV6(address: ipaddr.IPv6): AddressVerdict {
  if (METADATA.has(address.toString())) return { kind: 'never', range: 'cloud metadata' }
  const inner = embeddedV4(address)
  if (inner) return judgeV4(inner)
  const verdict = verdictOf(address.range())
  // Only 2000::/3 is global unicast today. ipaddr.js calls the rest unicast, the deprecated ::a.b.c.d among it.
  const global = (address.parts[0]! & 0xe000) === 0x2000
  return verdict.kind === 'public' && !global ? { kind: 'never', range: 'reserved' } : verdict
}

function embeddedV4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const [a, b, c, d, e, f, high, low] = address.parts as [number, number, number, number, number, number, number, number]
  const mapped = a === 0 && b === 0 && c === 0 && d === 0 && e === 0 && f === 0xffff
  // On a network with NAT64 every IPv4 partner is reached like this, so it can't simply be refused.
  const nat64 = a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0
  if (!mapped && !nat64) return undefined
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff])
}

function verdictOf(range: string): AddressVerdict {
  if (range === 'unicast') return { kind: 'public', range: 'public' }
  const known = PRIVATE[range]
  return known ? { kind: 'private', range: known } : { kind: 'never', range: words(range) }
}

function words(range: string): string {
  return range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
