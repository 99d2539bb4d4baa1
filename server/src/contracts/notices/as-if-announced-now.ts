import { announcementOf, withoutAnnouncement } from '../announcement.ts'
import { compareAside } from '../compare-aside.ts'
import { type Contract, type SourceFile, wayTo } from '../contract.ts'
import type { Change } from '../impact/judge-impact.ts'
import { type Json, own } from '../json.ts'
import { readContractAside } from '../read-aside.ts'
import { whatMayEnd } from '../standing-announcements.ts'

/**
 * The change that a contract would be if it announced only now all that it announces: it is compared with itself without a word about ends. So
 * whoever uses something of which the first version ever seen said that it ends is found as after any other announcement.
 *
 * @param today day by which dates are judged
 */
export async function asIfAnnouncedNow(contract: Contract, today: Date): Promise<Change> {
  const silent = await withoutAnnouncements(contract)
  return { before: silent, after: contract, findings: await compareAside(silent, contract, { today }) }
}

async function withoutAnnouncements(contract: Contract): Promise<Contract> {
  const roots = new Map<SourceFile, Json>()
  const copies = new WeakSet<object>()
  const silenced = new Set<Json>()
  for (const { node, spot } of whatMayEnd(contract)) {
    if (silenced.has(node) || !announcementOf(node)) continue
    silenced.add(node)
    roots.set(spot.file, silencedAt(roots.get(spot.file) ?? rootOf(contract, spot.file), wayTo(spot).map(String), copies))
  }
  const { dialect, entry, files } = contract
  const textOf = (file: SourceFile): string => JSON.stringify(roots.get(file) ?? rootOf(contract, file))
  const parts = new Map([...files.values()].filter((file) => file !== entry).map((file) => [file.uri, textOf(file)]))
  // Read anew: where both versions share a node, a comparison takes it for unchanged, whatever it refers to.
  return { ...(await readContractAside({ text: textOf(entry), name: entry.uri, parts })), dialect }
}

const rootOf = (contract: Contract, file: SourceFile): Json => (file === contract.entry ? contract.document : file.root)

/** The tree without the words at the end of the way. What is on the way is copied once; the contract is never changed. */
function silencedAt(node: Json, [key, ...way]: readonly string[], copies: WeakSet<object>): Json {
  if (typeof node !== 'object' || node === null) return node
  if (key === undefined) return Array.isArray(node) ? node : withoutAnnouncement(node)
  const copy = copies.has(node) ? node : Array.isArray(node) ? [...node] : { ...node }
  copies.add(copy)
  const value = silencedAt(Array.isArray(node) ? node[Number(key)]! : own(node, key)!, way, copies)
  // Defined, since to set `__proto__` would set something else.
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
  return copy
}
