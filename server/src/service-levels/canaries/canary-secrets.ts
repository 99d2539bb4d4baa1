import { randomBytes } from 'node:crypto'
import { type Connections, Secret } from '../../connections/index.ts'

/** Secrets with which this process signs its canaries. */
export interface CanarySecrets {
  /** In clear, for the sender's side. */
  of(platform: string, instanceKey: string): Promise<string>
  /** Ends all of them. */
  end(): Promise<void>
}

/** Nobody ends those of a process that was killed. */
const lastsMs = 24 * 3_600_000

/**
 * Each process makes a secret of its own for each canary instance's address and keeps the text in memory alone: a secret that a partner was
 * given never leaves `connections`, and a canary still passes the same verification as the partner's webhooks. One that has ended,
 * by itself or because somebody has rotated the address's secrets, is followed by another.
 */
export function createCanarySecrets({ webhookSecrets }: Pick<Connections, 'webhookSecrets'>): CanarySecrets {
  const known = new Map<string, Promise<{ source: string; id: string; text: string }>>()
  const make = async (source: string) => {
    // Hexadecimal digits are a key in every form that schemes ask for: text, base64 and hexadecimal.
    const text = randomBytes(32).toString('hex')
    const { id } = await webhookSecrets.add(source, new Secret(text), lastsMs)
    return { source, id, text }
  }
  const isInForce = async (source: string, id: string) => (await webhookSecrets.inForce(source)).some((one) => one.id === id)
  return {
    async of(platform, instanceKey) {
      const source = `${platform}/${instanceKey}`
      const made = await known.get(source)?.catch(() => undefined)
      if (made && !(await isInForce(source, made.id))) known.delete(source)
      const making = known.get(source) ?? make(source)
      known.set(source, making)
      // A failed one must not be remembered.
      making.catch(() => known.delete(source))
      return (await making).text
    },
    async end() {
      const made = await Promise.allSettled(known.values())
      known.clear()
      for (const one of made) if (one.status === 'fulfilled') await webhookSecrets.end(one.value.source, one.value.id).catch(() => {})
    },
  }
}
