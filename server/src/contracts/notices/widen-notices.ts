import { sql } from 'kysely'
import type { Database, Executor } from '../../database/index.ts'
import { compareAside } from '../compare-aside.ts'
import { type ContractShelf, createContractShelf } from '../contract-shelf.ts'
import type { Change } from '../impact/judge-impact.ts'
import { type ContractVersion, findVersion, findVersionBefore } from '../registry/queries.ts'
import { sourceOfVersion } from '../registry/registry.ts'
import { findingsByNotice } from './notice-change.ts'
import { type ReachParts, reachOf } from './reach.ts'

interface OpenNotice {
  id: string
  platform: string
  identity: string
  reach: string[]
  /** Version that carried the change. */
  version: string
}

/**
 * Lets notices that are still to take effect reach integrations that have begun to use what will change since it was told. What they really did
 * counts, and nothing else: an instance without traffic tells nothing new. Who is told follows with the next move of the notice, which is due at once.
 *
 * @returns how many notices reach further
 */
export async function widenNotices(database: Database, parts: ReachParts, now: Date, shelf = createContractShelf()): Promise<number> {
  let widened = 0
  for (const notices of Map.groupBy(await listOpenNotices(database.executor, now), ({ version }) => version).values()) {
    const change = await changeOf(database.executor, shelf, notices[0]!.version)
    if (!change) continue
    const reach = await reachOf(database.executor, parts, notices[0]!.platform, change, now, 'only what was seen')
    const findings = findingsByNotice(change)
    for (const { id, identity, reach: known } of notices) {
      const more = reach(findings.get(identity) ?? []).filter((integration) => !known.includes(integration))
      if (more.length === 0) continue
      await addReach(database.executor, id, more, now)
      widened += 1
    }
  }
  return widened
}

/** Those that reach some integrations and not all, and whose day is to come. */
async function listOpenNotices(executor: Executor, now: Date): Promise<OpenNotice[]> {
  const { rows } = await sql<OpenNotice>`
    -- contracts.listOpenNotices
    select n.id, n.platform, n.identity, n.reach, s.evidence->>'version' as version
    from contract_notice n cross join lateral (select evidence from contract_notice_step
      where notice_id = n.id and step = 'confirmed' and evidence ? 'version' order by number limit 1) s
    where n.state = 'noticed' and n.reach is not null and not n.silent and (n.effective_on is null or n.effective_on > ${now}::date)
    order by version, n.id`.execute(executor)
  return rows
}

async function addReach(executor: Executor, id: string, integrations: readonly string[], at: Date): Promise<void> {
  await sql`
    -- contracts.addReach
    update contract_notice set reach = array(select distinct unnest(reach || ${[...integrations]}::text[]) order by 1),
      next_move_at = least(coalesce(next_move_at, ${at}), ${at})
    where id = ${id} and reach is not null`.execute(executor)
}

/** What the version brought, beside the one that was in force before it. */
async function changeOf(executor: Executor, shelf: ContractShelf, id: string): Promise<Change | undefined> {
  const version = await findVersion(executor, id)
  const before = version && (await findVersionBefore(executor, version))
  if (!version || !before) return undefined
  const read = (one: ContractVersion) => shelf.read(one.hash, () => sourceOfVersion(executor, one))
  const [old, fresh] = [await read(before), await read(version)]
  return { before: old, after: fresh, findings: await compareAside(old, fresh, { today: version.publishedAt ?? version.firstReadAt }) }
}
