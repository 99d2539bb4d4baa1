import { isUtf8 } from 'node:buffer'
import type { Context } from 'hono'
import type { Authenticated } from '../identity/index.ts'
import { type ByteBudget, createByteBudget } from '../webhooks/index.ts'
import { errors } from './errors.ts'

/** Of all requests together: three of the largest contracts. */
const maxBytesTogether = 192 * 1024 * 1024

/**
 * Middleware that reads the body of a request whole before a route sees it: JSON in UTF-8, not compressed, within its limit and within what all
 * bodies may take together. Stands behind the question who calls, so that strangers can't make it keep anything.
 *
 * @param limitOf bytes that this request may have
 * @throws http.media_type_unsupported, http.body_too_large by the declared length or as soon as more has come, http.overloaded, http.body_malformed
 */
export function readBodies(limitOf: (c: Context<Authenticated>) => number, budget: ByteBudget = createByteBudget(maxBytesTogether)) {
  return async (c: Context<Authenticated>, next: () => Promise<void>): Promise<void> => {
    const { raw } = c.req
    const declaredBytes = Number(raw.headers.get('content-length') ?? 0)
    if (raw.body === null || (declaredBytes === 0 && !raw.headers.has('transfer-encoding'))) return next()
    checkForm(raw.headers)
    const limitBytes = limitOf(c)
    if (declaredBytes > limitBytes) throw errors.body_too_large({ limitBytes })
    const taken = { bytes: 0 }
    try {
      const body = await collect(raw.body, limitBytes, budget, taken)
      if (!isUtf8(body)) throw errors.body_malformed({ reason: 'it is not UTF-8' })
      c.req.raw = new Request(raw, { body })
      await next()
    } finally {
      budget.give(taken.bytes)
    }
  }
}

/** Without this a body of another type would be read as an empty one, and the answer would complain about missing fields. */
function checkForm(headers: Headers): void {
  const [type = '', ...parameters] = (headers.get('content-type') ?? 'of no declared type').toLowerCase().split(';')
  if (type.trim() !== 'application/json') throw errors.media_type_unsupported({ found: type.trim() })
  const charset = parameters.map((parameter) => /^\s*charset="?([^"]*?)"?\s*$/.exec(parameter)?.[1]).find((found) => found !== undefined)
  if (charset !== undefined && !/^utf-?8$/.test(charset)) throw errors.media_type_unsupported({ found: `application/json in ${charset}` })
  const encoding = (headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding !== 'identity') throw errors.media_type_unsupported({ found: `compressed (${encoding})` })
}

async function collect(
  body: ReadableStream<Uint8Array>,
  limitBytes: number,
  budget: ByteBudget,
  taken: { bytes: number },
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) {
    if (taken.bytes + chunk.byteLength > limitBytes) throw errors.body_too_large({ limitBytes })
    if (!budget.take(chunk.byteLength)) throw errors.overloaded({ bytes: budget.taken })
    taken.bytes += chunk.byteLength
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, taken.bytes)
}
