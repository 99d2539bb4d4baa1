import { inspect } from 'node:util'

const HIDDEN = '[secret]'

let plainOf: (secret: Secret) => string

/**
 * A text that must not be seen. Printed by whatever means (template strings, JSON, inspect, console, a logger, an
 * error's message), it reads `[secret]`. Only this folder can open it: the door exports the class, not `reveal`.
 */
export class Secret {
  readonly #plain: string

  static {
    plainOf = (secret) => secret.#plain
  }

  constructor(plain: string) {
    this.#plain = plain
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}

/** The plain text. For this folder only, and never into a message, a log or an answer. */
export function reveal(secret: Secret): string {
  return plainOf(secret)
}

/** The same secret without the space and line ends that come with pasting. */
export function trimmed(secret: Secret): Secret {
  return new Secret(reveal(secret).trim())
}
