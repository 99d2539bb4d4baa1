import { parentPort } from 'node:worker_threads'
import { type CompareOptions, compareContracts } from './compare-contracts.ts'
import type { Spot } from './contract.ts'
import { type Finding, sourceOf } from './finding.ts'
import { type ContractSource, readContract } from './read-contract.ts'

export interface Comparison {
  id: number
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

/** The thread in which large contracts are compared. It reads both again, since texts cross between threads faster than trees. */
async function compare({ before, after, options }: Comparison): Promise<ComparisonAnswer> {
  const findings = compareContracts(await readContract(before), await readContract(after), options)
  return findings.map((finding) => {
    const source = sourceOf(finding)
    return { finding, source: source && { before: farSpot(source.before), after: farSpot(source.after) } }
  })
}

function farSpot(spot: Spot | undefined): FarSpot | undefined {
  if (!spot) return undefined
  const way: (string | number)[] = []
  for (let at: Spot | undefined = spot; at?.parent; at = at.parent) way.push(at.key)
  return { uri: spot.file.uri, way: way.reverse() }
}

let turn: Promise<void> = Promise.resolve()
parentPort!.on('message', (comparison: Comparison) => {
  turn = turn.then(async () => {
    try {
      parentPort!.postMessage({ id: comparison.id, answer: await compare(comparison) })
    } catch (error) {
      parentPort!.postMessage({ id: comparison.id, problem: String(error) })
    }
  })
})
