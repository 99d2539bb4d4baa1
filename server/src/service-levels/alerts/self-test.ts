import { sql } from 'kysely'
import type { Transaction } from '../../database/index.ts'
import { type NewNotification, tell } from '../../notifications/index.ts'
import type { Integration, Workspace } from '../../workspace/index.ts'
import { tiersFor } from '../burn.ts'
import { addToSlots, slotMs } from '../queries.ts'
import type { SlotTally } from '../tally.ts'
import { beyond } from '../time-bounds.ts'
import { levelsOf } from './called-sides.ts'
import type { Judged } from './judge-alerts.ts'
import { lookAtBudgets, type Watched } from './look-at-budgets.ts'
import { type AlertTest, listAlertTests, saveAlertTest } from './queries.ts'

const everyMs = 7 * 86_400_000
const playedEvents = 100_000

/**
 * Once a week each integration plays a breach: events that all failed are written, looked at by the very statements that watch, and undone. That
 * it raised the alert is told to each side as a test, through the outbox, with the people who would have been called.
 */
export async function testDueAlerts(tx: Transaction, workspace: Workspace, watched: readonly Watched[], now: Date): Promise<void> {
  const tests = await listAlertTests(
    tx,
    watched.map(({ integration }) => integration.metadata.name),
  )
  const newest = new Map(tests.map((test) => [test.integration, test.testedAt.getTime()]))
  const due = watched.filter(
    ({ integration, objectives }) => objectives.length > 0 && now.getTime() - (newest.get(integration.metadata.name) ?? 0) >= everyMs,
  )
  if (due.length === 0) return
  const judged = await playBreach(tx, due, now)
  for (const { integration } of due) {
    const test = outcomeOf(workspace, integration, judged.get(integration.metadata.name) ?? [], now)
    await saveAlertTest(tx, test)
    await tell(tx, toldOf(workspace, integration, test), now)
  }
}

/** What the watcher would see if everything had failed since the longest window began. Leaves nothing behind. */
async function playBreach(tx: Transaction, watched: readonly Watched[], now: Date): Promise<Map<string, Judged[]>> {
  await sql`savepoint breach`.execute(tx)
  await addToSlots(
    tx,
    watched.flatMap((one) => breachOf(one, now)),
  )
  const judged = await lookAtBudgets(tx, watched, now, [])
  await sql`rollback to savepoint breach`.execute(tx)
  return judged
}

function breachOf({ integration, objectives }: Watched, now: Date): SlotTally[] {
  const lengths = objectives.flatMap(({ periodDays }) => tiersFor(periodDays).map(({ shortMs }) => shortMs))
  const slots = [...new Set(lengths.map((ms) => Math.floor((now.getTime() - ms / 2) / slotMs) * slotMs))]
  const platforms = integration.spec.sides.flatMap((side) => side.platforms)
  const flows = [...new Set(objectives.map(({ flow }) => flow ?? 'self-test'))]
  const common = { integration: integration.metadata.name, events: playedEvents, instances: 1, example: null }
  const kinds = [
    { measure: 'run', mark: 'bug' },
    { measure: 'call', mark: 'server-error' },
    { measure: 'handling', mark: beyond },
    { measure: 'lag', mark: beyond },
    { measure: 'call-time', mark: beyond },
  ] as const
  return slots.flatMap((at) =>
    platforms.flatMap((platform) => flows.flatMap((flow) => kinds.map((kind) => ({ ...common, ...kind, slotMs: at, platform, flow })))),
  )
}

function outcomeOf(workspace: Workspace, { metadata, spec }: Integration, judged: readonly Judged[], now: Date): AlertTest {
  const test = { integration: metadata.name, testedAt: now }
  const raised = judged.filter(({ state, subject }) => state === 'firing' && subject.startsWith('objective/'))
  if (raised.length === 0)
    return { ...test, outcome: 'not-raised', detail: 'A breach of every objective was played, and none of them raised an alert.' }
  const deserted = spec.sides
    .filter(({ platforms }) => platforms.length > 0)
    .filter((side) => levelsOf(workspace, side, 'page', now.toISOString().slice(0, 10)).length === 0)
    .map(({ organization }) => organization)
  return deserted.length > 0
    ? { ...test, outcome: 'nobody-to-call', detail: `Nobody of ${deserted.join(' and ')} is there to be called.` }
    : { ...test, outcome: 'raised', detail: null }
}

function toldOf(workspace: Workspace, { metadata, spec }: Integration, { testedAt, outcome, detail }: AlertTest): NewNotification[] {
  const day = testedAt.toISOString().slice(0, 10)
  return spec.sides.map((side) => ({
    organization: side.organization,
    kind: 'alert.self-test',
    key: `alert-test:${metadata.name}:${day}`,
    title: `${metadata.name}: this is the weekly test of alerts, nothing has happened${detail === null ? '' : `. It found: ${detail}`}`,
    data: {
      integration: metadata.name,
      outcome,
      detail,
      wouldCall: levelsOf(workspace, side, 'page', day).map(({ people }) => people),
    },
  }))
}
