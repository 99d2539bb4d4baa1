import { operationKey } from '../operations.ts'
import type { DriftPlace } from './deviation.ts'
import { leastChecked } from './flush.ts'
import type { CoverageRow, FindingRow } from './queries.ts'

/**
 * drifting: something violates the contract. agrees: enough was checked and nothing does. insufficient-data: what was checked agrees, and it was
 * too little. not-described: the contract does not have it. unknown: nothing was checked.
 */
export type DriftState = 'drifting' | 'agrees' | 'insufficient-data' | 'not-described' | 'unknown'

/** Who asks: which instances may be seen, by id; `owner` sees everything of its own platform but others' instances. */
export interface Viewer {
  instances: ReadonlyMap<string, { name: string; integration: string; customer: string }>
  sees: 'everything' | 'own platform' | 'own instances'
}

export interface PlaceReport extends Omit<DriftPlace, 'platform'> {
  state: DriftState
  received: number
  checked: number
  firstAt: Date
  lastAt: Date
}

export interface FindingReport extends Omit<FindingRow, 'instances' | 'platform' | 'identity'> {
  instances: { instanceId: string; name: string; integration: string; customer: string; seen: number; firstAt: string; lastAt: string }[]
}

export interface DriftReport {
  state: DriftState
  /** Fewer checked messages of one kind are too little to say that they agree. */
  leastChecked: number
  received: number
  checked: number
  places: PlaceReport[]
  findings: FindingReport[]
}

/** What one viewer may know of a platform's drift. Findings that only others' instances showed are not in it, nor what these received. */
export function driftReport(
  coverage: readonly (CoverageRow & { firstAt: Date })[],
  findings: readonly FindingRow[],
  viewer: Viewer,
): DriftReport {
  const sees = (instanceId: string | null) => viewer.sees !== 'own instances' || (instanceId !== null && viewer.instances.has(instanceId))
  const visible = findings
    .filter(({ instances }) => instances.some(({ instanceId }) => sees(instanceId)))
    .map((row) => findingFor(row, viewer, sees))
  const violated = new Set(
    visible.filter(({ state, kind }) => state === 'open' && kind !== 'undeclared-property').map((finding) => placeKey(finding)),
  )
  const rows = coverage.filter(({ instanceId }) => sees(instanceId))
  const places = [...Map.groupBy(rows, placeKey).values()].map((group) => placeReport(group, violated))
  const sum = (name: 'received' | 'checked') => places.reduce((total, place) => total + place[name], 0)
  const drifting = visible.some(({ state, kind }) => state === 'open' && kind !== 'undeclared-property')
  return {
    state: drifting ? 'drifting' : stateOfAll(places),
    leastChecked,
    received: sum('received'),
    checked: sum('checked'),
    places,
    findings: visible,
  }
}

function findingFor(row: FindingRow, viewer: Viewer, sees: (instanceId: string | null) => boolean): FindingReport {
  const { platform: _, identity: __, instances, ...finding } = row
  const counted = instances.filter(({ instanceId }) => sees(instanceId))
  const named = counted.flatMap(({ instanceId, ...sighting }) => {
    const instance = instanceId === null ? undefined : viewer.instances.get(instanceId)
    return instanceId !== null && instance ? [{ instanceId, ...instance, ...sighting }] : []
  })
  const moments = counted.flatMap(({ firstAt, lastAt }) => [Date.parse(firstAt), Date.parse(lastAt)])
  return {
    ...finding,
    seen: counted.reduce((sum, { seen }) => sum + seen, 0),
    firstAt: new Date(Math.min(...moments)),
    lastAt: new Date(Math.max(...moments)),
    instances: named,
  }
}

function placeKey(place: Omit<DriftPlace, 'platform'>): string {
  return `${place.surface} ${operationKey(place)} ${place.status}`
}

function placeReport(rows: readonly (CoverageRow & { firstAt: Date })[], violated: ReadonlySet<string>): PlaceReport {
  const { surface, method, path, status } = rows[0]!
  const sum = (name: 'received' | 'checked') => rows.reduce((total, row) => total + row[name], 0)
  const checked = sum('checked')
  const latest = rows.reduce((last, row) => (row.lastAt > last.lastAt ? row : last))
  const state = violated.has(placeKey(rows[0]!))
    ? 'drifting'
    : checked === 0
      ? 'unknown'
      : !latest.described
        ? 'not-described'
        : checked < leastChecked
          ? 'insufficient-data'
          : 'agrees'
  return {
    surface,
    method,
    path,
    status,
    state,
    received: sum('received'),
    checked,
    firstAt: rows.reduce((first, row) => (row.firstAt < first ? row.firstAt : first), rows[0]!.firstAt),
    lastAt: latest.lastAt,
  }
}

/** Agrees only when everything that came did, in sufficient numbers. */
function stateOfAll(places: readonly PlaceReport[]): DriftState {
  if (places.every(({ checked }) => checked === 0)) return 'unknown'
  return places.every(({ state }) => state === 'agrees') ? 'agrees' : 'insufficient-data'
}
