import type { Contract } from './contract.ts'
import { readContractAside } from './read-aside.ts'
import type { ContractSource } from './read-contract.ts'

/** Contracts as they were parsed, by the hash of their texts, for all who need them in this program: each is parsed once. */
export interface ContractShelf {
  /** @param source asked only when the contract is not there. @throws what `readContract` throws */
  read(hash: string, source: () => Promise<ContractSource>): Promise<Contract>
  /** Puts there what was parsed anyway. */
  keep(hash: string, contract: Contract): void
}

/**
 * @param maxCharacters texts of contracts that are held at most, the latest used first; a tree takes several times as much memory. The latest is
 *   held, however large
 */
export function createContractShelf(maxCharacters = 24_000_000): ContractShelf {
  const held = new Map<string, Promise<Contract>>()
  const sizes = new Map<string, number>()
  const drop = (hash: string): void => {
    held.delete(hash)
    sizes.delete(hash)
  }
  const measure = (hash: string, contract: Contract): void => {
    if (!held.has(hash)) return
    sizes.set(
      hash,
      [...contract.files.values()].reduce((sum, { text }) => sum + text.length, 0),
    )
    const total = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0)
    for (const old of held.keys()) {
      if (total() <= maxCharacters || old === hash) break
      drop(old)
    }
  }
  const use = (hash: string, contract: Promise<Contract>): void => {
    held.delete(hash)
    held.set(hash, contract)
  }
  return {
    read(hash, source) {
      const known = held.get(hash)
      if (known) {
        use(hash, known)
        return known
      }
      const reading = source().then((found) => readContractAside(found))
      use(hash, reading)
      // What can't be read now may be read the next time: a database that is away comes back.
      reading.then(
        (contract) => measure(hash, contract),
        () => drop(hash),
      )
      return reading
    },
    keep(hash, contract) {
      use(hash, Promise.resolve(contract))
      measure(hash, contract)
    },
  }
}
