import type { Bridge } from './bridge.ts'
import { readNoticeFacts, readWatchedSides } from './contracts/index.ts'
import type { Database } from './database/index.ts'
import { createLifecycle, type Lifecycle, readLinkFacts } from './lifecycle/index.ts'
import { type FactReaders, readCanaryFacts, readDrillFacts } from './readiness/index.ts'
import { readInstanceFacts, readOperationFacts, readRunFacts } from './runtime/index.ts'
import { readServiceLevelFacts } from './service-levels/index.ts'
import { readDeliveryFacts } from './webhooks/index.ts'
import type { Workspace } from './workspace/index.ts'

export interface ObservedFactsParts {
  database: Database
  bridge: Pick<Bridge, 'integrations'>
  workspace(): Workspace
  /** Platforms whose sandbox stands in for them in this process. */
  sandboxed: readonly string[]
  now?(): Date
}

/** These count every run and delivery of a month, and no gate turns on the last minute of it. */
const sharedForMs = 60_000

/** The gates on what the running bridge has observed. */
export function lifecycleOf(parts: ObservedFactsParts): Lifecycle {
  const { database, workspace, now } = parts
  return createLifecycle({ database, workspace, readers: observedFacts(parts), ...(now && { now }) })
}

/**
 * What the running bridge knows for readiness, each kind in one statement for all integrations.
 */
function observedFacts({ database, bridge, workspace, sandboxed, now = () => new Date() }: ObservedFactsParts): FactReaders {
  const { executor } = database
  const { integrations } = bridge
  const names = () => integrations.all().map(({ name }) => name)
  return {
    operations: () => readOperationFacts(executor, integrations, now()),
    runs: atMostEvery(sharedForMs, () => readRunFacts(executor, integrations, now())),
    deliveries: atMostEvery(sharedForMs, () => readDeliveryFacts(executor, names(), now())),
    instances: () => readInstanceFacts(executor, integrations, now()),
    notices: () => readNoticeFacts(executor, workspace(), now()),
    watchedSides: () => readWatchedSides(executor, workspace(), now()),
    serviceLevels: atMostEvery(sharedForMs, () => readServiceLevelFacts(executor, workspace(), now())),
    links: () => readLinkFacts(executor, workspace()),
    drills: () => readDrillFacts(executor, names(), now()),
    canaries: () => readCanaryFacts(executor, names()),
    // Without one there may still be a sandbox somewhere else: then nobody has looked.
    ...(sandboxed.length > 0 && { sandboxes: async () => sandboxesOf(integrations, sandboxed) }),
  }
}

/** One reading for all who ask within the time; a failed one is not kept. */
function atMostEvery<Known>(ms: number, read: () => Promise<Known>): () => Promise<Known> {
  let last: { at: number; known: Promise<Known> } | undefined
  return () => {
    if (last && performance.now() - last.at < ms) return last.known
    const reading = { at: performance.now(), known: read() }
    last = reading
    reading.known.catch(() => {
      if (last === reading) last = undefined
    })
    return reading.known
  }
}

function sandboxesOf(integrations: Bridge['integrations'], sandboxed: readonly string[]): Map<string, { platform: string }[]> {
  const used = (platforms: Readonly<Record<string, { name: string }>>) =>
    Object.values(platforms).flatMap(({ name }) => (sandboxed.includes(name) ? [{ platform: name }] : []))
  return new Map(integrations.all().map(({ name, platforms }) => [name, used(platforms)]))
}
