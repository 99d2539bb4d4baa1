import { asRecord, asTexts, type LeftOut } from './yaml-documents.ts'

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
  spec: Record<string, unknown>
}

/** Fields of an entity that was taken over for which our files have no place. */
export function lossesOf({ kind, name, namespace, spec }: Entity): LeftOut[] {
  const known = understood[kind] ?? []
  const unread = Object.entries(spec).flatMap(([field, value]) =>
    field === 'profile'
      ? Object.keys(asRecord(value)).flatMap((inner) => (known.includes(`profile.${inner}`) ? [] : [`spec.profile.${inner}`]))
      : known.includes(field) || (kind === 'API' && field === 'lifecycle' && value === 'production')
        ? []
        : [`spec.${field}`],
  )
  const groups = kind === 'User' ? asTexts(spec.memberOf).slice(1) : []
  const reasons = [
    ...(unread.length > 0 ? [`nothing here holds ${unread.join(', ')}`] : []),
    ...(groups.length > 0 ? [`somebody has one employer here; ${groups.join(', ')} is not taken over`] : []),
    ...(kind !== 'User' && namespace !== 'default' ? [`names here have no namespace; ${namespace} is dropped`] : []),
  ]
  return reasons.map((why) => ({ what: `${kind} ${name}`, why }))
}
