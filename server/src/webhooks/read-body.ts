import type { IncomingMessage } from 'node:http'
import { errors } from './errors.ts'

/** Bytes of all bodies that are being read or wait for their commit, so that a flood of large ones cannot fill the memory. */
export interface ByteBudget {
  /** False when the bytes do not fit. */
  take(bytes: number): boolean
  give(bytes: number): void
  readonly taken: number
}

export function createByteBudget(maxBytes: number): ByteBudget {
  let taken = 0
  return {
    take(bytes) {
      if (taken + bytes > maxBytes) return false
      taken += bytes
      return true
    },
    give(bytes) {
      taken -= bytes
    },
    get taken() {
      return taken
    },
  }
}

export interface ReadBodyOptions {
  source: string
  maxBytes: number
  budget: ByteBudget
}

/**
 * The body's bytes as they came. What they took from the budget stays taken until the caller gives it back; a body that
 * fails has given it back already.
 *
 * @throws webhooks.body_too_large before reading on when the length is announced, webhooks.body_incomplete, webhooks.overloaded
 */
export function readBody(request: IncomingMessage, { source, maxBytes, budget }: ReadBodyOptions): Promise<Buffer> {
  const tooLarge = () => errors.body_too_large({ source, limit: limitInWords(maxBytes) })
  if (Number(request.headersDistinct['content-length']?.[0]) > maxBytes) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let received = 0
    let failed = false
    const fail = (error: Error) => {
      if (failed) return
      failed = true
      budget.give(received)
      chunks.length = 0
      reject(error)
    }
    request.on('data', (chunk: Buffer) => {
      if (failed) return
      if (received + chunk.length > maxBytes) return fail(tooLarge())
      if (!budget.take(chunk.length)) return fail(errors.overloaded({ what: `${budget.taken} bytes of bodies` }))
      received += chunk.length
      chunks.push(chunk)
    })
    request.on('end', () => failed || resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, received)))
    request.on('close', () => request.complete || fail(errors.body_incomplete({ received })))
    request.on('error', () => fail(errors.body_incomplete({ received })))
  })
}

/** Such as `5 MiB (5,242,880 bytes)`. */
export function limitInWords(bytes: number): string {
  const exact = `${bytes.toLocaleString('en-US')} bytes`
  if (bytes >= 1024 ** 2 && bytes % 1024 ** 2 === 0) return `${bytes / 1024 ** 2} MiB (${exact})`
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB (${exact})` : exact
}

/** Lets a sender that is still sending read its answer: a socket closed under unread bytes resets and takes the answer with it. */
export function discardRest(request: IncomingMessage): void {
  if (request.complete) return
  request.resume()
  const timer = setTimeout(() => request.complete || request.socket.destroy(), 5_000)
  request.once('close', () => clearTimeout(timer))
  timer.unref()
}
