import { X509Certificate } from 'node:crypto'
import { judge } from './compare.ts'
import { readSignatureHeader } from './read-header.ts'
import { type Refusal, refuse, type Scheme } from './scheme.ts'
import { headerValue } from './secret-form.ts'

export interface MtlsHeaderOptions {
  /** Header in which the proxy hands on the certificate it has verified, in lower case (RFC 9440 calls it `client-cert`). */
  header: string
  /** What must stand there: the certificate's SHA-256 fingerprint, its subject, or a DNS name it is made out to. */
  subject: string
  /** Header by which the proxy proves itself; its value is this source's secret. */
  proxyHeader?: string | undefined
}

/**
 * Mutual TLS that ends at a proxy, which has checked the client's certificate. Its header may hold a fingerprint or
 * subject (nginx, HAProxy), the whole certificate as RFC 9440 writes it (`:base64 of DER:`), or as escaped PEM (nginx).
 *
 * Whoever reaches this port past the proxy could write that header too. So the proxy must also present the source's
 * secret in `proxyHeader`, and must delete both headers from what clients send; without a secret everything is refused.
 * A certificate out of its dates is refused even if the proxy let it pass.
 */
export function mtlsHeaderScheme({ header, subject, proxyHeader = 'x-bridgekeeper-proxy' }: MtlsHeaderOptions): Scheme {
  return {
    name: 'mtls-header',
    assurance: 'proxy',
    credentialHeaders: [proxyHeader],
    secretForm: headerValue,
    verify(request, secrets) {
      const proof = readSignatureHeader(request.headers, proxyHeader)
      if (typeof proof !== 'string') return proof
      const identity = readSignatureHeader(request.headers, header)
      if (typeof identity !== 'string') return identity
      const verdict = judge(secrets, (secret) => secret.equals(proof), `What the proxy sends in ${proxyHeader} is`)
      return verdict.verified ? (judgeIdentity(identity, subject, request.receivedAt) ?? verdict) : verdict
    },
    // The sender's certificate never passes this program: the given identity, or the declared one, is what a proxy reports.
    sign: (secret, body, _at, { headers = {} } = {}) => ({ headers: { [header]: subject, ...headers, [proxyHeader]: secret }, body }),
  }
}

function judgeIdentity(text: string, subject: string, at: Date): Refusal | null {
  if (!/^(:|-----BEGIN)/.test(text)) return isSame(text, subject) ? null : notListed
  const certificate = readCertificate(text)
  if (certificate === null) return refuse('signature-malformed', 'The client certificate is neither RFC 9440 nor escaped PEM.')
  const { validFrom, validTo, fingerprint256 } = certificate
  if (at < new Date(validFrom) || at > new Date(validTo)) {
    return refuse('signature-mismatch', `The client certificate is valid from ${validFrom} to ${validTo} only.`)
  }
  const names = [fingerprint256, certificate.subject.split('\n').join(','), certificate.subject.split('\n').reverse().join(',')]
  return names.some((name) => isSame(name, subject)) || certificate.checkHost(subject) !== undefined ? null : notListed
}

const notListed = refuse('signature-mismatch', 'The client certificate is not the one that this source lets in.')

/** Fingerprints are written with and without colons, in both cases; everything else must be the same text. */
function isSame(found: string, expected: string): boolean {
  const plain = (text: string) => (/^([0-9a-f]{2}:?){32}$/i.test(text) ? text.replaceAll(':', '').toLowerCase() : text)
  return plain(found) === plain(expected)
}

function readCertificate(text: string): X509Certificate | null {
  try {
    if (text.startsWith('-----BEGIN')) return new X509Certificate(decodeURIComponent(text))
    const encoded = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(text)?.[1]
    return encoded === undefined ? null : new X509Certificate(Buffer.from(encoded, 'base64'))
  } catch {
    return null
  }
}
