import type { Executor } from '../../database/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { Finding } from '../finding.ts'
import { profileOf } from '../impact/change-profile.ts'
import { type Change, judgeImpact } from '../impact/judge-impact.ts'
import type { Usage } from '../impact/usage.ts'
import { canonical, type Json } from '../json.ts'
import type { Client } from '../usage/impact-report.ts'
import { usageOf } from '../usage/usage-of.ts'
import { termsOf } from './terms-of.ts'

export interface ReachParts {
  workspace: Pick<Workspace, 'integrations' | 'agreementsOf'>
  /** Instances with a connection to the platform, page by page. */
  clients(executor: Executor, platform: string): AsyncIterable<Omit<Client, 'terms'>[]>
}

/** Whether an integration of which too little was seen is touched by everything, or only by what it was seen to use. */
type Counts = 'what is unknown, too' | 'only what was seen'

/** Integrations that any of these findings touches. */
export type ReachOf = (findings: readonly Finding[]) => string[]

export type UseByIntegration = ReadonlyMap<string, Usage | 'unknown'>

const windowDays = 90
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/**
 * Which integrations a change touches, by what their instances were seen to use. An integration without instances, or with one of which too
 * little was seen, is touched by everything: what is unknown is never taken for unused.
 */
export async function reachOf(executor: Executor, parts: ReachParts, platform: string, change: Change, now: Date): Promise<ReachOf> {
  const counts = 'what is unknown, too'
  return reachOfUse(parts, platform, change, await useByIntegration(executor, parts, platform, now, counts), now, counts)
}

/** The same for a use that is known. */
export function reachOfUse(
  { workspace }: Pick<ReachParts, 'workspace'>,
  platform: string,
  change: Change,
  used: UseByIntegration,
  now: Date,
  counts: Counts,
): ReachOf {
  const bridging = [...workspace.integrations.values()].filter(({ spec }) => spec.sides.some((side) => side.platforms.includes(platform)))
  const touched = new Map<string, ReadonlySet<Finding> | 'everything'>()
  for (const { metadata } of bridging) {
    const usage = used.get(metadata.name)
    if (!usage || usage === 'unknown') {
      if (counts === 'what is unknown, too') touched.set(metadata.name, 'everything')
      continue
    }
    const { reasons } = judgeImpact(change, usage, profileOf(termsOf(workspace, metadata.name, dayOf(now.getTime()))))
    touched.set(metadata.name, new Set(reasons.flatMap(({ finding }) => finding ?? [])))
  }
  return (findings) =>
    [...touched].flatMap(([name, found]) => (found === 'everything' || findings.some((finding) => found.has(finding)) ? [name] : []))
}

/** The use of all instances of an integration as one: the same use is kept once, however many share it. unknown: of one of them too little was seen. */
export async function useByIntegration(
  executor: Executor,
  parts: ReachParts,
  platform: string,
  now: Date,
  counts: Counts,
): Promise<UseByIntegration> {
  const window = { from: dayOf(now.getTime() - windowDays * 86_400_000), until: dayOf(now.getTime()) }
  const uses = new Map<string, ReturnType<typeof joinedUse> | 'unknown'>()
  for await (const page of parts.clients(executor, platform)) {
    const asked = page.filter(({ integration }) => uses.get(integration) !== 'unknown')
    const used = await usageOf(executor, platform, window, { instanceIds: asked.map(({ instanceId }) => instanceId), now })
    const integrations = new Map(asked.map(({ instanceId, integration }) => [instanceId, integration]))
    for (const { instanceId, state, usage } of used) {
      const integration = integrations.get(instanceId)!
      const known = uses.get(integration) ?? joinedUse()
      if (state !== 'observed' && counts === 'what is unknown, too') uses.set(integration, 'unknown')
      else if (known !== 'unknown') uses.set(integration, known.add(usage))
    }
  }
  return new Map([...uses].map(([name, use]) => [name, use === 'unknown' ? use : use.usage()]))
}

function joinedUse() {
  const operations = new Map<string, Usage['operations'][number]>()
  const webhooks = new Map<string, Usage['webhooks'][number]>()
  const keyOf = (item: object): string => canonical(item as Json)
  const joined = {
    add(usage: Usage) {
      // On which day each was seen last says nothing here, and would make all different.
      for (const { lastUsedDaysAgo: _, ...item } of usage.operations) operations.set(keyOf(item), item)
      for (const item of usage.webhooks) webhooks.set(keyOf(item), item)
      return joined
    },
    usage: (): Usage => ({ operations: [...operations.values()], webhooks: [...webhooks.values()] }),
  }
  return joined
}
