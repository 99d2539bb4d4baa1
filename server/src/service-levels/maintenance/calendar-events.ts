import type { CalendarEvent } from '../../contracts/index.ts'
import type { Executor } from '../../database/index.ts'
import type { Visibility } from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { judgeMaintenance, type MaintenanceWindow } from './judge-maintenance.ts'
import { listWindows } from './queries.ts'

const farAhead = new Date('9999-01-01T00:00:00Z')

/** Announced maintenance of the platforms that somebody may see, with what each of their agreements says of it. */
export async function maintenanceEvents(
  executor: Executor,
  workspace: Workspace,
  { integrations, connectable }: Visibility,
  from: Date,
): Promise<CalendarEvent[]> {
  // The limit is that of a whole month, so what came earlier in it counts, too.
  const month = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1))
  const windows = await listWindows(executor, connectable ?? [...workspace.platforms.keys()], month, farAhead)
  const seen = [...workspace.integrations.values()].filter(({ metadata }) => integrations === null || integrations.includes(metadata.name))
  const says = Map.groupBy(
    seen.flatMap((one) =>
      judgeMaintenance(one, workspace, windows).map(({ id, says }) => ({ id, line: `${one.metadata.name}: ${says}.` })),
    ),
    ({ id }) => id,
  )
  return windows
    .filter(({ endsAt }) => Date.parse(endsAt) > from.getTime())
    .map((window) => eventOf(window, says.get(window.id)?.map(({ line }) => line) ?? []))
}

/** A window that moves is withdrawn, and another one is announced. */
function eventOf(window: MaintenanceWindow, says: readonly string[]): CalendarEvent {
  const { id, platform, organization, startsAt, endsAt, reason, announcedAt, withdrawnAt } = window
  return {
    uid: id,
    sequence: withdrawnAt === null ? 0 : 1,
    createdAt: new Date(announcedAt),
    changedAt: new Date(withdrawnAt ?? announcedAt),
    time: { startsAt: new Date(startsAt), endsAt: new Date(endsAt) },
    cancelled: withdrawnAt !== null,
    summary: `${platform}: maintenance`,
    description: [reason, `Maintained by ${organization}, announced ${announcedAt.slice(0, 10)}.`, ...says].join('\n'),
    category: 'MAINTENANCE',
    remindDays: [1],
  }
}
