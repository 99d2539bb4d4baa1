import type { IncomingMessage } from 'node:http'
import { errors } from './errors.ts'

/** Bytes of all bodies that are being read or wait for their commit, so that a flood of large ones cannot fill the memory. */
export interface ByteBudget {
  /** False when the bytes do not fit, not even after ending those that read slowly. */
  take(bytes: number): boolean
  give(bytes: number): void
  /**
   * Says that a body is being read. When room is needed, those that have been coming for longest are ended, so that senders who dribble can't keep
   * everybody else out.
   *
   * @param end must give back what the body took, at once
   * @returns call it when the body has been read
   */
  enter(end: () => void): () => void
  readonly taken: number
}

/** @param slowMs a body that has been coming for so long may be ended for another */
export function createByteBudget(maxBytes: number, slowMs = 3_000): ByteBudget {
  let taken = 0
  /** In the order in which they began. */
  const readers = new Map<() => void, number>()
  const endSlowest = (): boolean => {
    const [end, startedMs] = readers.entries().next().value ?? []
    if (end === undefined || performance.now() - startedMs! < slowMs) return false
    readers.delete(end)
    end()
    return true
  }
  return {
    take(bytes) {
      while (taken + bytes > maxBytes) if (!endSlowest()) return false
      taken += bytes
      return true
    },
    enter(end) {
      readers.set(end, performance.now())
      return () => void readers.delete(end)
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
    const overloaded = () => errors.overloaded({ what: `${budget.taken} bytes of bodies` })
    const fail = (error: Error) => {
      if (failed) return
      failed = true
      leave()
      budget.give(received)
      chunks.length = 0
      reject(error)
    }
    request.on('data', (chunk: Buffer) => {
      if (failed) return
      if (received + chunk.length > maxBytes) return fail(tooLarge())
      const fits = budget.take(chunk.length)
      // It may itself have been the one to make room.
      if (failed) return budget.give(fits ? chunk.length : 0)
      if (!fits) return fail(overloaded())
      received += chunk.length
      chunks.push(chunk)
    })
    request.on('end', () => {
      if (failed) return
      leave()
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, received))
    })
    request.on('close', () => request.complete || fail(errors.body_incomplete({ received })))
    const leave = budget.enter(() => fail(overloaded()))
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
