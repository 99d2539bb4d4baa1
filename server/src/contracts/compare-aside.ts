import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type CompareOptions, compareContracts } from './compare-contracts.ts'
import type { Comparison, ComparisonAnswer, FarSpot } from './compare-thread.ts'
import { type Contract, child, type SourceFile, type Spot } from './contract.ts'
import { type Finding, withSource } from './finding.ts'

/** Below so many characters of both versions a comparison takes a few milliseconds, less than handing it over. */
const smallCharacters = 512 * 1024
const idleMs = 30_000

interface Waiting {
  resolve(answer: ComparisonAnswer): void
  reject(error: Error): void
}
let thread: Worker | undefined
let lastId = 0
let ending: NodeJS.Timeout | undefined
const waiting = new Map<number, Waiting>()

/**
 * What `compareContracts` says, with the same findings and places, but large contracts are compared in a thread of their own: GitHub's take
 * half a second and, before the code is warm, several, in which no webhook would be answered. There is one such thread, and it works on one
 * comparison after the other.
 */
export async function compareAside(before: Contract, after: Contract, options: CompareOptions = {}): Promise<Finding[]> {
  if (sizeOf(before) + sizeOf(after) < smallCharacters) return compareContracts(before, after, options)
  const answer = await ask({ before: textsOf(before), after: textsOf(after), options }).catch(() => undefined)
  // Whatever ended the thread, memory above all, must not decide what is said of a contract.
  if (!answer) return compareContracts(before, after, options)
  return answer.map(({ finding, source }) =>
    source ? withSource(finding, spotIn(before, source.before), spotIn(after, source.after)) : finding,
  )
}

function ask(comparison: Omit<Comparison, 'id'>): Promise<ComparisonAnswer> {
  clearTimeout(ending)
  const worker = thread ?? start()
  // While something is asked, the process waits for the answer.
  worker.ref()
  const id = ++lastId
  return new Promise<ComparisonAnswer>((resolve, reject) => {
    waiting.set(id, { resolve, reject })
    worker.postMessage({ id, ...comparison } satisfies Comparison)
  }).finally(() => {
    waiting.delete(id)
    if (waiting.size > 0 || thread !== worker) return
    worker.unref()
    ending = setTimeout(() => end(worker), idleMs)
    ending.unref()
  })
}

function start(): Worker {
  const worker = new Worker(new URL(`./compare-thread${extname(import.meta.filename)}`, import.meta.url), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 2_048 },
  })
  worker.on('message', ({ id, answer, problem }: { id: number; answer?: ComparisonAnswer; problem?: string }) => {
    if (answer) waiting.get(id)?.resolve(answer)
    else waiting.get(id)?.reject(new Error(problem))
  })
  const fail = (error: Error): void => {
    if (thread !== worker) return
    thread = undefined
    for (const { reject } of waiting.values()) reject(error)
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error('the thread that compares contracts ended')))
  thread = worker
  return worker
}

function end(worker: Worker): void {
  if (thread === worker && waiting.size === 0) thread = undefined
  void worker.terminate()
}

const sizeOf = ({ files }: Contract): number => [...files.values()].reduce((sum, { text }) => sum + text.length, 0)

function textsOf({ entry, files }: Contract): Comparison['before'] {
  return { text: entry.text, name: entry.uri, parts: new Map([...files.values()].map(({ uri, text }) => [uri, text])) }
}

/** The same place in the contract as this thread has read it. */
function spotIn(contract: Contract, far: FarSpot | undefined): Spot | undefined {
  const file: SourceFile | undefined = far && contract.files.get(far.uri)
  if (!far || !file) return undefined
  let spot: Spot | undefined = { file, node: file === contract.entry ? contract.document : file.root, parent: undefined, key: '' }
  for (const key of far.way) spot = spot && child(spot, key)
  return spot
}
