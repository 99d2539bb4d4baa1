import { parentPort } from 'node:worker_threads'
import { BridgekeeperError } from '../errors/index.ts'
import { type CompareOptions, compareContracts } from './compare-contracts.ts'
import { type Spot, wayTo } from './contract.ts'
import { type Finding, sourceOf } from './finding.ts'
import { parseYaml, type ReadLimits } from './parse-document.ts'
import { type ContractSource, readContract } from './read-contract.ts'
import { type Place, placesIn } from './report/places-in.ts'

export interface Comparison {
  what: 'compare'
  before: ContractSource & { text: string }
  after: ContractSource & { text: string }
  options: CompareOptions
}

/** A place as it crosses from one thread to another: a file, and the keys on the way. */
export interface FarSpot {
  uri: string
  way: (string | number)[]
}
export type ComparisonAnswer = { finding: Finding; source: { before: FarSpot | undefined; after: FarSpot | undefined } | undefined }[]

export interface Reading {
  what: 'read yaml'
  name: string
  text: string
  limits: ReadLimits
}

export interface Placing {
  what: 'place'
  text: string
  format: 'json' | 'yaml'
  pointers: readonly string[]
}

export type Question = Comparison | Reading | Placing
export type AnswerTo<Q extends Question> = Q extends Comparison ? ComparisonAnswer : Q extends Reading ? string : Place[]
export type Reply = { id: number } & ({ answer: ComparisonAnswer | string | Place[] } | { refused: RefusedDocument } | { problem: string })

/** An error of the table, as it crosses between threads. */
export interface RefusedDocument {
  code: string
  values: Readonly<Record<string, unknown>>
}

/** It reads both versions again, since texts cross between threads faster than trees. */
async function compare({ before, after, options }: Comparison): Promise<ComparisonAnswer> {
  const findings = compareContracts(await readContract(before), await readContract(after), options)
  return findings.map((finding) => {
    const source = sourceOf(finding)
    return { finding, source: source && { before: farSpot(source.before), after: farSpot(source.after) } }
  })
}

function farSpot(spot: Spot | undefined): FarSpot | undefined {
  return spot && { uri: spot.file.uri, way: wayTo(spot) }
}

function answerTo(question: Question): Promise<ComparisonAnswer> | string | Place[] {
  if (question.what === 'compare') return compare(question)
  if (question.what === 'place') return placesIn(question.text, question.format, question.pointers)
  return JSON.stringify(parseYaml(question.name, question.text, question.limits))
}

async function replyTo(
  question: Question,
): Promise<{ answer: Awaited<ReturnType<typeof answerTo>> } | { refused: RefusedDocument } | { problem: string }> {
  try {
    return { answer: await answerTo(question) }
  } catch (error) {
    if (error instanceof BridgekeeperError) return { refused: { code: error.code, values: error.values } }
    return { problem: String(error) }
  }
}

let turn: Promise<void> = Promise.resolve()
parentPort!.on('message', (question: Question & { id: number }) => {
  turn = turn.then(async () => parentPort!.postMessage({ id: question.id, ...(await replyTo(question)) } satisfies Reply))
})
