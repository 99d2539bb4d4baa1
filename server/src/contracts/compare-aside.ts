import { askComparer, smallCharacters } from './aside.ts'
import type { Comparison, FarSpot } from './aside-thread.ts'
import { type CompareOptions, compareContracts } from './compare-contracts.ts'
import { type Contract, child, type SourceFile, type Spot } from './contract.ts'
import { type Finding, withSource } from './finding.ts'

/**
 * What `compareContracts` says, with the same findings and places, but large contracts are compared in a thread of their own: GitHub's take
 * half a second and, before the code is warm, several, in which no webhook would be answered. There is one such thread, and it works on one
 * comparison after the other.
 */
export async function compareAside(before: Contract, after: Contract, options: CompareOptions = {}): Promise<Finding[]> {
  if (sizeOf(before) + sizeOf(after) < smallCharacters) return compareContracts(before, after, options)
  const question: Comparison = { what: 'compare', before: textsOf(before), after: textsOf(after), options }
  const answer = await askComparer(question).catch(() => undefined)
  // Whatever ended the thread, memory above all, must not decide what is said of a contract.
  if (!answer) return compareContracts(before, after, options)
  return answer.map(({ finding, source }) =>
    source ? withSource(finding, spotIn(before, source.before), spotIn(after, source.after)) : finding,
  )
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
