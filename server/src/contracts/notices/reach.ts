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
  /** Instances with a connection to the platform. */
  clients(executor: Executor, platform: string): Promise<Omit<Client, 'terms'>[]>
}

/** Integrations that any of these findings touches. */
export type ReachOf = (findings: readonly Finding[]) => string[]

const windowDays = 90
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/**
 * Which integrations a change touches, by what their instances were seen to use. An integration without instances, or with one of which too
 * little was seen, is touched by everything: what is unknown is never taken for unused.
 */
export async function reachOf(executor: Executor, parts: ReachParts, platform: string, change: Change, now: Date): Promise<ReachOf> {
  const { workspace } = parts
  const bridging = [...workspace.integrations.values()].filter(({ spec }) => spec.sides.some((side) => side.platforms.includes(platform)))
  const clients = Map.groupBy(await parts.clients(executor, platform), ({ integration }) => integration)
  const window = { from: dayOf(now.getTime() - windowDays * 86_400_000), until: dayOf(now.getTime()) }
  const used = new Map((await usageOf(executor, platform, window, { now })).map((usage) => [usage.instanceId, usage]))
  const touched = new Map<string, ReadonlySet<Finding> | 'everything'>()
  for (const { metadata } of bridging) {
    const observed = (clients.get(metadata.name) ?? []).map(({ instanceId }) => used.get(instanceId))
    const known = observed.flatMap((usage) => (usage?.state === 'observed' ? [usage.usage] : []))
    if (known.length === 0 || known.length < observed.length) {
      touched.set(metadata.name, 'everything')
      continue
    }
    const { reasons } = judgeImpact(change, joined(known), profileOf(termsOf(workspace, metadata.name, dayOf(now.getTime()))))
    touched.set(metadata.name, new Set(reasons.flatMap(({ finding }) => finding ?? [])))
  }
  return (findings) =>
    [...touched].flatMap(([name, found]) => (found === 'everything' || findings.some((finding) => found.has(finding)) ? [name] : []))
}

/** The use of many instances as one: the same use is judged once, however many share it. */
function joined(usages: readonly Usage[]): Usage {
  const unique = <Item extends object>(items: readonly Item[]): Item[] => [
    ...new Map(items.map((item) => [canonical(item as unknown as Json), item])).values(),
  ]
  return {
    operations: unique(usages.flatMap(({ operations }) => operations)),
    webhooks: unique(usages.flatMap(({ webhooks }) => webhooks)),
  }
}
