import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { AnswerTo, Question, RefusedDocument, Reply } from './aside-thread.ts'
import { errors } from './errors.ts'
import type { ReadLimits } from './parse-document.ts'
import { type Place, placesIn } from './report/places-in.ts'

/** Below so many characters a document takes a few milliseconds, less than handing it over. */
export const smallCharacters = 512 * 1024
const idleMs = 30_000
const readPatienceMs = 60_000
const readMemoryMb = 1_024
const compareMemoryMb = 2_048

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** The thread was ended, or ended by itself: memory above all. */
export class ThreadEnded extends Error {}

/** A thread beside the program, started when something is asked and ended when nothing was for a while. It does one thing after the other. */
function createThread(memoryMb: number) {
  let thread: Worker | undefined
  let lastId = 0
  let ending: NodeJS.Timeout | undefined
  const waiting = new Map<number, Waiting>()

  const fail = (gone: Worker, error: Error): void => {
    if (thread !== gone) return
    thread = undefined
    for (const { reject } of waiting.values()) reject(error)
    void gone.terminate()
  }
  const start = (): Worker => {
    const worker = new Worker(new URL(`./aside-thread${extname(import.meta.filename)}`, import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    worker.on('message', (reply: Reply) => {
      const asked = waiting.get(reply.id)
      if ('answer' in reply) asked?.resolve(reply.answer)
      else asked?.reject('refused' in reply ? errorOf(reply.refused) : new Error(reply.problem))
    })
    worker.on('error', (error) => fail(worker, new ThreadEnded(String(error))))
    worker.on('exit', () => fail(worker, new ThreadEnded('it ended')))
    thread = worker
    return worker
  }
  /** @param patienceMs after so long without an answer the thread is ended, with everything that waits for it */
  return async <Q extends Question>(question: Q, patienceMs?: number): Promise<AnswerTo<Q>> => {
    clearTimeout(ending)
    const worker = thread ?? start()
    // While something is asked, the process waits for the answer.
    worker.ref()
    const id = ++lastId
    const late = patienceMs && setTimeout(() => fail(worker, new ThreadEnded(`no answer within ${patienceMs} ms`)), patienceMs)
    try {
      return await new Promise<AnswerTo<Q>>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject })
        worker.postMessage({ id, ...question })
      })
    } finally {
      clearTimeout(late)
      waiting.delete(id)
      if (waiting.size === 0 && thread === worker) {
        worker.unref()
        ending = setTimeout(() => fail(worker, new ThreadEnded('idle')), idleMs)
        ending.unref()
      }
    }
  }
}

function errorOf({ code, values }: RefusedDocument): Error {
  const key = code.replace(/^contracts\./, '') as keyof typeof errors
  return (errors[key] as (values: unknown) => Error)(values)
}

/** For what we have already read, and what may take as long as it takes. */
export const askComparer = createThread(compareMemoryMb)
/** For documents that nobody has looked at yet, and that may be made to exhaust whoever reads them. */
const askReader = createThread(readMemoryMb)

let read: Promise<unknown> = Promise.resolve()

/** One after the other, so that nobody's time runs while another's document is read. @throws contracts.document_too_costly besides what `parseYaml` throws */
export function yamlAsJson(name: string, text: string, limits: ReadLimits): Promise<string> {
  const reading = read.then(() => readYaml(name, text, limits))
  read = reading.catch(() => {})
  return reading
}

async function readYaml(name: string, text: string, limits: ReadLimits): Promise<string> {
  try {
    return await askReader({ what: 'read yaml', name, text, limits }, readPatienceMs)
  } catch (error) {
    if (!(error instanceof ThreadEnded)) throw error
    throw errors.document_too_costly({ name, seconds: readPatienceMs / 1000, memoryMb: readMemoryMb }, error)
  }
}

/** `placesIn`, in another thread where the text is large. */
export async function placeAside(text: string, format: 'json' | 'yaml', pointers: readonly string[]): Promise<Place[]> {
  if (text.length < smallCharacters) return placesIn(text, format, pointers)
  return askComparer({ what: 'place', text, format, pointers })
}
