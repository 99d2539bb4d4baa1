import { BridgekeeperError } from '../errors/index.ts'
import type { ApiClient } from './api-client.ts'

/** A connection, as far as lists and references name it. */
export interface NamedConnection {
  id: string
  platform: string
  customer: string
  name: string
  state: string
  pausedUntil: string | null
}

/** As `connections list` shows it and every command takes it. */
export function nameOf({ customer, platform, name }: NamedConnection): string {
  return `${customer}/${platform}/${name}`
}

export function stateOf({ state, pausedUntil }: NamedConnection): string {
  if (pausedUntil === null) return state
  return pausedUntil === 'resumed' ? `paused until it is resumed (${state})` : `paused until ${pausedUntil} (${state})`
}

/** @param reference id, customer/platform, or customer/platform/name */
export const connectionPath = (reference: string): string => `/connections/${encodeURIComponent(reference)}`

/** Connections by the names that `connections list` shows, as the ids that are stored. @param wanted platform → reference */
export async function idsOfConnections(api: ApiClient, wanted: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const named = Object.entries(wanted).map(async ([platform, reference]) => {
    const { id } = await api.get<NamedConnection>(connectionPath(reference))
    return [platform, id] as const
  })
  return Object.fromEntries(await Promise.all(named))
}

/** The other way: platform → name and state. One that can't be seen keeps its id. @param ids platform → id */
export async function describeConnections(api: ApiClient, ids: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const described = Object.entries(ids).map(async ([platform, id]) => [platform, await describe(api, id)] as const)
  return Object.fromEntries(await Promise.all(described))
}

async function describe(api: ApiClient, id: string): Promise<string> {
  try {
    const one = await api.get<NamedConnection>(connectionPath(id))
    return `${nameOf(one)}, ${stateOf(one)}`
  } catch (error) {
    if (error instanceof BridgekeeperError && (error.status === 403 || error.status === 404))
      return `${id}, which is not there, or your key may not see it`
    throw error
  }
}
