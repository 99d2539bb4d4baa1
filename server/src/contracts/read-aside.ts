import { smallCharacters, yamlAsJson } from './aside.ts'
import type { Contract } from './contract.ts'
import { parseDocument, parseInTurns } from './parse-document.ts'
import { type ContractSource, type ReadOptions, readContract } from './read-contract.ts'

/**
 * What `readContract` gives, for a program that has other things to do meanwhile: GitHub's description takes half a second in one piece. Large
 * JSON is parsed in turns of a few milliseconds, since a tree that another thread has made costs as much to take over; large YAML is made JSON
 * in a thread that is ended when it takes too long.
 *
 * @throws contracts.document_too_costly besides what `readContract` throws
 */
export function readContractAside(source: ContractSource, options: ReadOptions = {}): Promise<Contract> {
  return readContract(source, {
    ...options,
    parse: async (name, text, limits) =>
      text.length < smallCharacters
        ? parseDocument(name, text, limits)
        : parseInTurns(name, text, limits, () => yamlAsJson(name, text, limits)),
  })
}
