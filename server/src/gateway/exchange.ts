import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { Dispatcher, FormData } from 'undici'
import type { Headers } from './rate-headers.ts'

export interface WireRequest {
  origin: string
  /** Path with query. */
  path: string
  method: string
  headers: Record<string, string>
  body: string | Uint8Array | FormData | null
}

export interface ExchangeLimits {
  /** For all of it: waiting for a free connection, connecting, sending, the last byte of the answer. */
  timeoutMs: number
  maxResponseBytes: number
}

/** What came back, or why nothing did. `sent`: a part of the request may have reached the partner. */
export type Exchanged =
  | { answered: true; status: number; headers: Headers; body: Buffer }
  | { answered: false; error: Error; sent: boolean }

export class TimeOut extends Error {
  readonly code = 'TIMEOUT'
}

export class AnswerTooLong extends Error {
  readonly code = 'ANSWER_TOO_LONG'
}

/**
 * One request and its whole answer, without following redirects and without throwing. Works on undici's dispatch level:
 * there are no streams to build, the length is checked while bytes arrive, and whether sending began is known.
 */
export async function exchange(dispatcher: Dispatcher, request: WireRequest, limits: ExchangeLimits): Promise<Exchanged> {
  const exchanged = await dispatch(dispatcher, request, limits)
  return exchanged.answered && exchanged.headers['content-encoding'] !== undefined ? decoded(exchanged, limits) : exchanged
}

function dispatch(dispatcher: Dispatcher, request: WireRequest, limits: ExchangeLimits): Promise<Exchanged> {
  return new Promise((resolve) => {
    let sent = false
    let controller: Dispatcher.DispatchController | undefined
    let status = 0
    let headers: Headers = {}
    let length = 0
    let chunks: Buffer[] = []
    let timedOut: TimeOut | undefined
    const fail = (error: Error): void => {
      clearTimeout(timer)
      chunks = []
      resolve({ answered: false, error, sent })
    }
    const timer = setTimeout(() => {
      timedOut = new TimeOut(`no answer within ${limits.timeoutMs} ms`)
      // A request that still waits for a connection has no controller; it is aborted when its turn comes.
      if (controller) controller.abort(timedOut)
      fail(timedOut)
    }, limits.timeoutMs)
    const tooLong = (): void => controller?.abort(new AnswerTooLong(`the answer is longer than ${limits.maxResponseBytes} bytes`))

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        if (timedOut) return started.abort(timedOut)
        controller = started
        sent = true
      },
      onResponseStart(_, statusCode, rawHeaders) {
        status = statusCode
        headers = flat(rawHeaders)
        if (Number(headers['content-length']) > limits.maxResponseBytes && request.method !== 'HEAD') tooLong()
      },
      onResponseData(_, chunk) {
        length += chunk.length
        if (length > limits.maxResponseBytes) tooLong()
        else chunks.push(chunk)
      },
      onResponseEnd() {
        clearTimeout(timer)
        resolve({ answered: true, status, headers, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length) })
      },
      onResponseError: (_, error) => fail(error),
    }
    try {
      const { timeoutMs } = limits
      dispatcher.dispatch(
        { ...request, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, blocking: false } as Dispatcher.DispatchOptions,
        handler,
      )
    } catch (error) {
      fail(error as Error)
    }
  })
}

/** One text per name: lists are joined as RFC 9110 §5.3 allows. */
function flat(headers: Record<string, string | string[] | undefined>): Headers {
  const texts: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) texts[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return texts
}

const DECODERS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** We ask for no encoding, but some platforms compress all the same. The limit holds for what comes out, too. */
async function decoded(answer: Exchanged & { answered: true }, limits: ExchangeLimits): Promise<Exchanged> {
  const decode = DECODERS[answer.headers['content-encoding']!.trim().toLowerCase()]
  if (!decode || answer.body.length === 0) return answer
  try {
    return { ...answer, body: await decode(answer.body, { maxOutputLength: limits.maxResponseBytes }) }
  } catch (error) {
    const tooLong = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    return {
      answered: false,
      sent: true,
      error: tooLong ? new AnswerTooLong(`the answer is longer than ${limits.maxResponseBytes} bytes`) : (error as Error),
    }
  }
}
