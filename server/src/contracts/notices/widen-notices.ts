import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database, Executor } from '../../database/index.ts'
import { type ContractShelf, createContractShelf } from '../contract-shelf.ts'
import type { Change } from '../impact/judge-impact.ts'
import { canonical } from '../json.ts'
import { findVersion } from '../registry/queries.ts'
import { sourceOfVersion } from '../registry/registry.ts'
import { asIfAnnouncedNow } from './as-if-announced-now.ts'
import { findingsByNotice } from './notice-change.ts'
import { joinReach } from './queries.ts'
import { type ReachParts, reachOfUse, type UseByIntegration, useByIntegration } from './reach.ts'

interface OpenNotice {
  id: string
  platform: string
  identity: string
  reach: string[]
  /** Version that carried the change. */
  version: string
}

/** What was looked at the last time, by version: as long as nothing else is used, contracts are not read again. */
export type WidenMemory = Map<string, string>

/**
 * Lets notices that are still to take effect reach integrations that have begun to use what will change since it was told, and those that stood
 * there before anybody looked whoever uses what they are about. What they really did counts, and nothing else: an instance without traffic tells
 * nothing new. Who is told follows with the next move of the notice, which is due at once.
 *
 * @param memory of earlier looks of this process; without it, everything is looked at
 * @returns how many notices reach further
 */
export async function widenNotices(
  database: Database,
  parts: ReachParts,
  now: Date,
  memory: WidenMemory = new Map(),
  shelf = createContractShelf(),
): Promise<number> {
  let widened = 0
  const uses = new Map<string, UseByIntegration>()
  for (const [version, notices] of Map.groupBy(await listOpenNotices(database.executor, now), ({ version }) => version)) {
    const { platform } = notices[0]!
    const use = uses.get(platform) ?? (await useByIntegration(database.executor, parts, platform, now, 'only what was seen'))
    uses.set(platform, use)
    const look = lookOf(notices, use)
    if (memory.get(version) === look) continue
    const change = await changeOf(database.executor, shelf, version)
    if (!change) continue
    const reach = reachOfUse(parts, platform, change, use, now, 'only what was seen')
    const findings = findingsByNotice(change)
    for (const { id, identity, reach: known } of notices) {
      const more = reach(findings.get(identity) ?? []).filter((integration) => !known.includes(integration))
      if (more.length === 0) continue
      if (await joinReach(database.executor, { id }, more, now)) widened += 1
    }
    memory.set(version, look)
  }
  return widened
}

/** What decides whom notices reach. How often something is used does not. */
function lookOf(notices: readonly OpenNotice[], use: UseByIntegration): string {
  const uses = [...use].map(([integration, usage]) => [
    integration,
    usage === 'unknown' ? [] : [...usage.operations, ...usage.webhooks].map(bare).sort(),
  ])
  return digestOf(JSON.stringify([uses.sort(), notices.map(({ id, reach }) => [id, reach])]))
}

const bare = (use: object): string => canonical(JSON.parse(JSON.stringify(use, (_, value) => (typeof value === 'number' ? 0 : value))))
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Those that reach some integrations and not all, and whose day is to come. */
async function listOpenNotices(executor: Executor, now: Date): Promise<OpenNotice[]> {
  const { rows } = await sql<OpenNotice>`
    -- contracts.listOpenNotices
    select n.id, n.platform, n.identity, n.reach, s.evidence->>'version' as version
    from contract_notice n cross join lateral (select evidence from contract_notice_step
      where notice_id = n.id and step = 'confirmed' and evidence ? 'version' order by number limit 1) s
    where n.state in ('noticed', 'standing') and n.reach is not null and not n.silent and (n.effective_on is null or n.effective_on > ${now}::date)
    order by version, n.id`.execute(executor)
  return rows
}

/** All that a version announces: what an earlier one announced already is no notice of this version. */
async function changeOf(executor: Executor, shelf: ContractShelf, id: string): Promise<Change | undefined> {
  const version = await findVersion(executor, id)
  if (!version) return undefined
  const contract = await shelf.read(version.hash, () => sourceOfVersion(executor, version))
  return asIfAnnouncedNow(contract, version.publishedAt ?? version.firstReadAt)
}
