import { joinUri, type SourceFile, type Spot } from './contract.ts'
import { isObject, type Json, own, ownString } from './json.ts'

/** What schemas of one file are called besides their place: resources by their `$id`, and anchors by resource and name. */
export interface EmbeddedNames {
  /** Absolute address of a resource → where it stands. */
  readonly resources: ReadonlyMap<string, Spot>
  /** `address#name`, of `$anchor` and `$dynamicAnchor`. */
  readonly anchors: ReadonlyMap<string, Spot>
}

const known = new WeakMap<SourceFile, EmbeddedNames | null>()
const names = /["']?\$(?:id|self|anchor|dynamicAnchor)["']?\s*:/

/** Undefined for the many files that name nothing so; they are not even walked. */
export function embeddedNames(file: SourceFile, root: Json): EmbeddedNames | undefined {
  let found = known.get(file)
  if (found === undefined) {
    found = names.test(file.text) ? collect(file, root) : null
    known.set(file, found)
  }
  return found ?? undefined
}

function collect(file: SourceFile, root: Json): EmbeddedNames {
  const resources = new Map<string, Spot>()
  const anchors = new Map<string, Spot>()
  const stack: { spot: Spot; base: string }[] = [{ spot: { file, node: root, parent: undefined, key: '' }, base: file.uri }]
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { spot } = next
    const base = ownBase(spot.node, next.base)
    if (base !== next.base) resources.set(base, spot)
    for (const word of ['$anchor', '$dynamicAnchor']) {
      const name = ownString(spot.node, word)
      if (name !== undefined) anchors.set(`${base}#${name}`, spot)
    }
    const members = Array.isArray(spot.node) ? spot.node.entries() : isObject(spot.node) ? Object.entries(spot.node) : []
    for (const [key, node] of members)
      if (typeof node === 'object' && node !== null) stack.push({ spot: { file, node, parent: spot, key }, base })
  }
  return { resources, anchors }
}

/** The address against which references in a node are resolved. */
export function ownBase(node: Json, base: string): string {
  const id = own(node, '$id') ?? own(node, '$self')
  return typeof id === 'string' && !id.startsWith('#') ? joinUri(base, id).replace(/#$/, '') : base
}

/** The resource in which a spot stands, and its address. */
export function resourceOf(spot: Spot): { base: string; resource: Spot | undefined } {
  const chain: Spot[] = []
  for (let at: Spot | undefined = spot; at; at = at.parent) chain.push(at)
  let base = spot.file.uri
  let resource: Spot | undefined
  for (const at of chain.reverse()) {
    const next = ownBase(at.node, base)
    if (next === base) continue
    base = next
    resource = at
  }
  return { base, resource }
}
