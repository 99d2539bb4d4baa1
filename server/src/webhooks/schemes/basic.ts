import { judge } from './compare.ts'
import { readSignatureHeader } from './read-header.ts'
import { refuse, type Scheme } from './scheme.ts'
import { userAndPassword } from './secret-form.ts'

const header = 'authorization'

/**
 * HTTP Basic (RFC 7617): the secret is `user:password`. Proves that the caller knows a password, not that the body is
 * the sender's; use it only where the platform can do no better, and only over TLS.
 */
export function basicScheme(): Scheme {
  return {
    name: 'basic',
    assurance: 'shared-secret',
    credentialHeaders: [header],
    secretForm: userAndPassword,
    challenge: 'Basic realm="webhooks", charset="UTF-8"',
    verify(request, secrets) {
      const text = readSignatureHeader(request.headers, header)
      if (typeof text !== 'string') return text
      const encoded = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(text)?.[1]
      const given = encoded === undefined ? null : readUserPass(encoded)
      if (given === null)
        return refuse('signature-malformed', 'The header authorization must read "Basic" and the base64 of user:password.')
      return judge(secrets, (secret) => secret.equals(given), 'The user and password are')
    },
    sign: (secret, body) => ({ headers: { [header]: `Basic ${Buffer.from(secret, 'utf8').toString('base64')}` }, body }),
  }
}

function readUserPass(encoded: string): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'))
    return text.includes(':') ? text : null
  } catch {
    return null
  }
}
