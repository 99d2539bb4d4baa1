import { asRecord, asText, asTexts, type LeftOut, toSlug } from './yaml-documents.ts'

/** What an import reads of each kind, or what Backstage derives from other entities and repeats. */
const understood: Readonly<Record<string, readonly string[]>> = {
  Group: ['type', 'parent', 'children', 'members', 'ancestors', 'descendants', 'profile.displayName'],
  User: ['memberOf', 'profile.displayName', 'profile.email'],
  API: ['type', 'owner', 'definition'],
  Component: ['type', 'lifecycle', 'owner', 'consumesApis', 'providesApis'],
}

interface Entity {
  kind: string
  name: string
  namespace: string
  metadata: Record<string, unknown>
  spec: Record<string, unknown>
}

/** Fields of an entity that was taken over for which our files have no place. */
export function lossesOf({ kind, name, namespace, metadata, spec }: Entity): LeftOut[] {
  const known = understood[kind] ?? []
  const unread = Object.entries(spec).flatMap(([field, value]) =>
    field === 'profile'
      ? Object.keys(asRecord(value)).flatMap((inner) => (known.includes(`profile.${inner}`) ? [] : [`spec.profile.${inner}`]))
      : known.includes(field) || (kind === 'API' && field === 'lifecycle' && value === 'production')
        ? []
        : [`spec.${field}`],
  )
  const groups = kind === 'User' ? asTexts(spec.memberOf).slice(1) : []
  // Our own export says with the jobs of each side what the owner stands for.
  const owned = kind === 'Component' && asText(spec.owner) && !asText(asRecord(metadata.annotations)['bridgekeeper.dev/stage'])
  const links = (Array.isArray(metadata.links) ? metadata.links : []).map((link) => asText(asRecord(link).url) ?? 'without an address')
  const dead = links.filter((url) => !/^https?:\/\//.test(url))
  const reasons = [
    ...(toSlug(name) !== name ? [`its name is ${toSlug(name)} here`] : []),
    ...(owned ? [`${asText(spec.owner)} owns all of it there; here each side names its own owner`] : []),
    ...(dead.length > 0 ? [`links are web addresses here; ${dead.join(', ')} is dropped`] : []),
    ...(unread.length > 0 ? [`nothing here holds ${unread.join(', ')}`] : []),
    ...(groups.length > 0 ? [`somebody has one employer here; ${groups.join(', ')} is not taken over`] : []),
    ...(kind !== 'User' && namespace !== 'default' ? [`names here have no namespace; ${namespace} is dropped`] : []),
  ]
  return reasons.map((why) => ({ what: `${kind} ${name}`, why }))
}
