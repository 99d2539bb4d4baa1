import type { KeyEncoding } from './scheme.ts'

/** How the secret of a scheme is written. What has another form could never match, and must be refused when it is entered. */
export interface SecretForm {
  /** What it must be, after “it must be”. */
  readonly words: string
  holds(text: string): boolean
  /** A secret of this form. @param random at least 16 bytes */
  make(random: Buffer): string
}

const hex = (random: Buffer): string => random.toString('hex')

export const keyForms: Readonly<Record<KeyEncoding, SecretForm>> = {
  utf8: { words: 'text', holds: (text) => text !== '', make: hex },
  hex: { words: 'hexadecimal, two digits for each byte', holds: (text) => /^([0-9a-f]{2})+$/i.test(text), make: hex },
  base64: {
    words: 'base64, with or without whsec_ before it',
    holds: (text) => /^(whsec_)?[A-Za-z0-9+/]+={0,2}$/.test(text),
    make: (random) => `whsec_${random.toString('base64')}`,
  },
}

/** RFC 7617: the name has no colon, the password may. */
export const userAndPassword: SecretForm = {
  words: 'user:password',
  holds: (text) => text.includes(':'),
  make: (random) => `webhooks:${hex(random)}`,
}

export const headerValue: SecretForm = {
  words: 'visible ASCII characters without spaces, because it travels in a header',
  holds: (text) => /^[\x21-\x7e]+$/.test(text),
  make: hex,
}
