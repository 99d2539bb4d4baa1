import type { Integration } from '../entities/integration.ts'
import type { ServiceLevel } from '../entities/service-level.ts'
import type { Workspace } from '../workspace.ts'
import { asRecord, asText, type LeftOut, readForeign, toSlug } from './yaml-documents.ts'

const version = 'openslo/v1'

/** An OpenSLO v1 object. */
export interface OpenSloObject {
  apiVersion: typeof version
  kind: 'Service' | 'SLO'
  metadata: { name: string; displayName?: string }
  spec: Record<string, unknown>
}

/**
 * The service levels of all integrations as OpenSLO v1: a Service for each integration, an SLO for each service level. The indicator's
 * metric source has the type `bridgekeeper`, so that our import reads back exactly what we wrote.
 */
export function exportOpenSlo(workspace: Workspace): { objects: OpenSloObject[]; leftOut: LeftOut[] } {
  const objects: OpenSloObject[] = []
  const leftOut: LeftOut[] = []
  for (const integration of workspace.integrations.values()) {
    if (integration.spec.serviceLevels.length > 0) objects.push(service(integration))
    for (const level of integration.spec.serviceLevels) {
      const why = unspeakable(level)
      if (why) leftOut.push({ what: `${integration.metadata.name}, service level ${level.name}`, why })
      else objects.push(slo(integration, level))
    }
  }
  return { objects, leftOut }
}

/** OpenSLO wants targets below 1 and windows of one unit. */
function unspeakable({ objective, window }: ServiceLevel): string | undefined {
  if (objective.ppm === 1_000_000) return 'OpenSLO knows no objective of 100%'
  return timeWindow(window) ? undefined : `OpenSLO can’t say the window ${window}`
}

function service({ metadata: { name, title, description } }: Integration): OpenSloObject {
  return {
    apiVersion: version,
    kind: 'Service',
    metadata: { name, ...(title && { displayName: title }) },
    spec: { ...(description && { description }) },
  }
}

function slo({ metadata }: Integration, level: ServiceLevel): OpenSloObject {
  const { name, indicator, side, flow, threshold, objective, window } = level
  const metricSource = (count: 'good' | 'total') => ({
    metricSource: {
      type: 'bridgekeeper',
      spec: { integration: metadata.name, indicator, count, ...(side && { side }), ...(flow && { flow }), ...(threshold && { threshold }) },
    },
  })
  return {
    apiVersion: version,
    kind: 'SLO',
    metadata: { name: `${metadata.name}-${name}` },
    spec: {
      service: metadata.name,
      indicator: { metadata: { name }, spec: { ratioMetric: { counter: true, good: metricSource('good'), total: metricSource('total') } } },
      timeWindow: [timeWindow(window)],
      budgetingMethod: 'Occurrences',
      objectives: [{ target: objective.ppm / 1_000_000 }],
    },
  }
}

function timeWindow(window: string): Record<string, unknown> | undefined {
  if (window === 'calendar-month')
    return { duration: '1M', isRolling: false, calendar: { startTime: '2026-01-01 00:00:00', timeZone: 'UTC' } }
  const [, count, unit] = /^P(?:T(?=\d+[HM]$))?(\d+)([DWMYH])$/.exec(window) ?? []
  if (!count || !unit) return undefined
  const postfix = unit === 'M' ? (window.startsWith('PT') ? 'm' : 'M') : unit === 'Y' ? 'Y' : unit.toLowerCase()
  return { duration: `${count}${postfix}`, isRolling: true }
}

/** A service level as a file says it: percentages and durations as text. */
export type WrittenLevel = { name: string; indicator: string; objective: string } & Partial<
  Record<'side' | 'flow' | 'threshold' | 'window', string>
>

/**
 * Reads the SLOs of an OpenSLO v1 file into service levels, by the integration they are for.
 *
 * @param integration takes all SLOs, whatever service they name
 * @throws workspace.import_unreadable
 */
export function importOpenSlo(
  file: string,
  text: string,
  integration?: string,
): { levels: Map<string, WrittenLevel[]>; leftOut: LeftOut[] } {
  const levels = new Map<string, WrittenLevel[]>()
  const leftOut: LeftOut[] = []
  const all = readForeign(file, text)
  const objects = all.filter(({ apiVersion }) => apiVersion === version)
  for (const object of all)
    if (object.apiVersion !== version)
      leftOut.push({
        what: `${String(object.kind)} ${nameOf(object)}`,
        why: `its apiVersion is ${String(object.apiVersion)}; ${version} is read`,
      })
  const indicators = new Map(objects.filter(({ kind }) => kind === 'SLI').map((object) => [nameOf(object), object]))
  const used = new Set(objects.flatMap(({ kind, spec }) => (kind === 'SLO' ? [asText(asRecord(spec).indicatorRef)] : [])))
  for (const object of objects) {
    const [name, what] = [nameOf(object), `${String(object.kind)} ${nameOf(object)}`]
    if (object.kind === 'SLI') {
      if (!used.has(name)) leftOut.push({ what, why: 'no SLO in this file uses it' })
    } else if (object.kind === 'Service') {
      if (Object.keys(asRecord(object.spec)).length > 0 || asRecord(object.metadata).displayName)
        leftOut.push({ what, why: 'only its name is read: the integration of that name has its own title and description' })
    } else if (object.kind !== 'SLO')
      leftOut.push({ what, why: elsewhere[String(object.kind)] ?? 'only SLOs and their indicators are read' })
    else {
      const read = readSlo(object, indicators)
      const target = integration ?? asText(asRecord(object.spec).service) ?? ''
      if (typeof read === 'string') leftOut.push({ what, why: read })
      else {
        levels.set(target, [...(levels.get(target) ?? []), ...read])
        leftOut.push(...lossesOfSlo(object, indicators).map((why) => ({ what, why })))
      }
    }
  }
  return { levels, leftOut }
}

/** What the other kinds of OpenSLO say is said elsewhere here. */
const elsewhere: Readonly<Record<string, string>> = {
  DataSource: 'Bridgekeeper measures by itself, from the traffic of the bridge',
  AlertPolicy: 'when an error budget burns is judged by fixed pairs of windows; see docs/service-levels.md',
  AlertCondition: 'when an error budget burns is judged by fixed pairs of windows; see docs/service-levels.md',
  AlertNotificationTarget: 'whom to call stands in the contacts of each side',
}

/** What an SLO that was taken over says beyond a service level. */
function lossesOfSlo(object: Record<string, unknown>, indicators: ReadonlyMap<string, Record<string, unknown>>): string[] {
  const spec = asRecord(object.spec)
  const indicator = asRecord(asRecord(spec.indicator ?? indicators.get(asText(spec.indicatorRef) ?? '')).spec)
  const ratio = asRecord(indicator.ratioMetric)
  const source = asRecord(asRecord(ratio.good ?? ratio.bad ?? ratio.raw ?? ratio.total).metricSource)
  const objectives = Array.isArray(spec.objectives) ? spec.objectives.map(asRecord) : []
  const windows = Array.isArray(spec.timeWindow) ? spec.timeWindow.map(asRecord) : []
  const { calendar } = windows[0] ?? {}
  const zone = asText(asRecord(calendar).timeZone)
  const dropped = [
    ...(asRecord(object.metadata).labels ? ['labels'] : []),
    ...(asText(asRecord(object.metadata).displayName) ? ['displayName'] : []),
    ...(asText(spec.description) ? ['description'] : []),
    ...(asRecord(object.metadata).annotations ? ['annotations'] : []),
    ...(objectives.some(({ displayName }) => displayName) ? ['names of objectives'] : []),
    ...['op', 'value', 'timeSliceTarget', 'timeSliceWindow'].filter((field) =>
      objectives.some((objective) => objective[field] !== undefined),
    ),
  ]
  return [
    ...(dropped.length > 0 ? [`a service level has no place for ${dropped.join(', ')}`] : []),
    ...(source.type !== 'bridgekeeper'
      ? [
          `its query (${asText(source.type) ?? asText(source.metricSourceRef) ?? 'of no type'}) is not taken over: availability is measured from the traffic of the bridge`,
        ]
      : []),
    ...(Array.isArray(spec.alertPolicies) && spec.alertPolicies.length > 0 ? ['its alert policies are not taken over'] : []),
    ...(windows.length > 1 ? ['only the first of its windows is read'] : []),
    ...(windows.length > 0 && !readWindow(windows[0]!) ? ['its window can’t be read; 28 rolling days are taken'] : []),
    ...(zone && zone !== 'UTC' ? [`calendar months are those of UTC here, not of ${zone}`] : []),
    ...(calendar && readWindow(windows[0]!) !== 'calendar-month'
      ? ['its window follows the calendar; a rolling one of that length is taken']
      : []),
  ]
}

const nameOf = (object: Record<string, unknown>): string => asText(asRecord(object.metadata).name) ?? 'without a name'

/** The service levels of one SLO, one for each objective; or why there are none. */
function readSlo(object: Record<string, unknown>, indicators: ReadonlyMap<string, Record<string, unknown>>): WrittenLevel[] | string {
  const spec = asRecord(object.spec)
  if (spec.budgetingMethod !== 'Occurrences')
    return `it counts ${asText(spec.budgetingMethod) ?? 'in no way that it says'}; events are counted here, not slices of time`
  const indicator = asRecord(spec.indicator ?? indicators.get(asText(spec.indicatorRef) ?? ''))
  const composed = Array.isArray(spec.objectives) && spec.objectives.map(asRecord).filter((own) => own.indicator ?? own.indicatorRef).length
  if (composed) return `it is composed of ${composed} indicators with weights; a service level has one`
  const measured = readIndicator(asRecord(indicator.spec))
  if (typeof measured === 'string') return measured
  const window = readWindow(asRecord(Array.isArray(spec.timeWindow) ? spec.timeWindow[0] : undefined))
  const objectives = Array.isArray(spec.objectives) ? spec.objectives.map(asRecord) : []
  if (objectives.length === 0) return 'it has no objective'
  const own = asText(asRecord(indicator.metadata).name)
  const name = toSlug(own && nameOf(object).endsWith(`-${own}`) ? own : nameOf(object))
  return objectives.map((objective, index) => ({
    name: index === 0 ? name : `${name}-${index + 1}`,
    ...measured,
    objective: `${Number(Number(objective.targetPercent ?? Number(objective.target) * 100).toFixed(4))}%`,
    ...(window && { window }),
  }))
}

function readIndicator(spec: Record<string, unknown>): Omit<WrittenLevel, 'name' | 'objective'> | string {
  const ratio = asRecord(spec.ratioMetric)
  const source = asRecord(asRecord(asRecord(ratio.good ?? ratio.total ?? ratio.raw).metricSource))
  if (source.type === 'bridgekeeper') {
    const { indicator, side, flow, threshold } = asRecord(source.spec) as Record<string, string>
    return { indicator: indicator ?? 'availability', ...(side && { side }), ...(flow && { flow }), ...(threshold && { threshold }) }
  }
  if (spec.thresholdMetric) return 'its threshold has no unit in OpenSLO; write it by hand as latency or freshness with a threshold'
  if (spec.ratioMetric) return { indicator: 'availability' }
  return 'its indicator is not in this file, or says not how it is measured'
}

function readWindow({ duration, calendar }: Record<string, unknown>): string | undefined {
  const [, count, unit] = /^(\d+)([mhdwMQY])$/.exec(asText(duration) ?? '') ?? []
  if (!count || !unit) return undefined
  if (calendar && count === '1' && unit === 'M') return 'calendar-month'
  if (unit === 'm' || unit === 'h') return `PT${count}${unit.toUpperCase()}`
  return unit === 'Q' ? `P${Number(count) * 3}M` : `P${count}${unit.toUpperCase()}`
}
