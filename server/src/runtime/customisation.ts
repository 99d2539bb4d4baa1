import type { Flow, Integration } from '@bridgekeeper/sdk'
import { BridgekeeperError } from '../errors/index.ts'
import type { Instance } from './instances.ts'
import { compareVersions } from './integrations.ts'
import { readSettings } from './standard-settings.ts'

/** From what every customer gets to what only one has: each level costs more at an upgrade than the one before. */
export const customisationLevels = ['standard', 'configured', 'mapped', 'coded'] as const
export type CustomisationLevel = (typeof customisationLevels)[number]

/** How one installation differs from a new one of the latest version. */
export interface Customisation {
  level: CustomisationLevel
  /** Settings whose value is not what a new installation would get. */
  configured: string[]
  /** Mappings that it has replaced by other expressions than its version's. */
  mapped: string[]
  /** Runs a version that was made for some customers: one with a suffix, such as `1.4.0-acme` or `1.4.0+acme` (SemVer §9, §10). */
  coded: boolean
  /** The latest version, when it runs an older one. */
  behind?: string
}

/** What would happen to one installation at an upgrade; sentences for those who decide. */
export interface UpgradeEffect {
  to: string
  /** Why it can't be upgraded as it is. */
  blockers: string[]
  /** What it would notice. Empty with no blockers: nothing but the version. */
  changes: string[]
}

/** @param own the version that it runs; undefined when this server has not loaded it */
export async function customisationOf(instance: Instance, own: Integration | undefined, latest: Integration): Promise<Customisation> {
  const configured = await differing(instance.settings, own ?? latest)
  const mapped = Object.entries(instance.mappings)
    .filter(([name, expression]) => expression.trim() !== own?.mappings[name]?.expression.trim())
    .map(([name]) => name)
    .sort()
  const coded = /[-+]/.test(instance.version)
  const level = coded ? 'coded' : mapped.length > 0 ? 'mapped' : configured.length > 0 ? 'configured' : 'standard'
  return { level, configured, mapped, coded, ...(compareVersions(instance.version, latest.version) < 0 && { behind: latest.version }) }
}

/** Settings that somebody must give have no usual value: given, they differ. */
async function differing(settings: Record<string, unknown>, integration: Integration): Promise<string[]> {
  const usual = await readSettings(integration, {}).catch(() => ({}) as Record<string, unknown>)
  return Object.keys(settings)
    .filter((name) => !Object.hasOwn(usual, name) || !same(settings[name], usual[name]))
    .sort()
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** @param own the version that it runs; undefined when this server has not loaded it */
export async function upgradeEffect(instance: Instance, own: Integration | undefined, to: Integration): Promise<UpgradeEffect> {
  const settings = await settingsEffect(instance, to)
  const mappings = mappingsEffect(instance, own, to)
  return {
    to: to.version,
    blockers: [...settings.blockers, ...mappings.blockers, ...missingConnections(instance, to)],
    changes: [
      ...(own ? [] : [`its version ${instance.version} is not loaded here, so what ${to.version} changes beneath it can’t be told`]),
      ...settings.changes,
      ...mappings.changes,
      ...(own ? flowChanges(own, to) : []),
    ],
  }
}

async function settingsEffect({ settings }: Instance, to: Integration): Promise<{ blockers: string[]; changes: string[] }> {
  try {
    const read = await readSettings(to, settings)
    const [added, dropped] = [
      Object.keys(read).filter((name) => !(name in settings)),
      Object.keys(settings).filter((name) => !(name in read)),
    ]
    return {
      blockers: [],
      changes: [
        ...added.sort().map((name) => `gets the setting ${name} = ${JSON.stringify(read[name])}`),
        ...dropped.sort().map((name) => `its setting ${name} no longer counts`),
      ],
    }
  } catch (error) {
    if (!(error instanceof BridgekeeperError)) throw error
    return { blockers: [`its settings do not fit: ${error.message}`], changes: [] }
  }
}

function mappingsEffect({ mappings }: Instance, own: Integration | undefined, to: Integration): { blockers: string[]; changes: string[] } {
  const overridden = (name: string) => Object.hasOwn(mappings, name)
  const gone = Object.keys(mappings).filter((name) => !Object.hasOwn(to.mappings, name))
  const moved = Object.keys(to.mappings).filter((name) => {
    const before = own?.mappings[name]
    return before !== undefined && before.expression.trim() !== to.mappings[name]!.expression.trim()
  })
  return {
    blockers: gone.sort().map((name) => `it replaces the mapping ${name}, which ${to.version} does not have`),
    changes: moved
      .sort()
      .map((name) =>
        overridden(name)
          ? `keeps its own mapping ${name}, and does not get what ${to.version} changes in it`
          : `the mapping ${name} changes, and with it what is sent`,
      ),
  }
}

function missingConnections({ connections }: Instance, to: Integration): string[] {
  return Object.values(to.platforms)
    .filter(({ name }) => !Object.hasOwn(connections, name) && Object.keys(connections).length > 0)
    .map(({ name }) => `it has no connection to ${name}`)
}

const beginsWith = (flow: Flow): string =>
  flow.kind === 'on' ? `on ${flow.event} of ${flow.platform}` : `every ${flow.interval ?? flow.cron ?? ''}`

function flowChanges(own: Integration, to: Integration): string[] {
  const names = [...new Set([...Object.keys(own.flows), ...Object.keys(to.flows)])].sort()
  return names.flatMap((name) => {
    const [before, after] = [own.flows[name], to.flows[name]]
    if (!after) return [`no longer does ${name}`]
    if (!before) return [`newly does ${name}, ${beginsWith(after)}`]
    return beginsWith(before) === beginsWith(after) ? [] : [`${name} begins ${beginsWith(after)}, and no longer ${beginsWith(before)}`]
  })
}
