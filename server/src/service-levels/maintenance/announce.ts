import type { Database, Transaction } from '../../database/index.ts'
import { type NewNotification, tell } from '../../notifications/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { errors } from '../errors.ts'
import { judgeMaintenance, type MaintenanceWindow } from './judge-maintenance.ts'
import { insertWindow, recordDeclared, withdrawWindow } from './queries.ts'

/** Announces what the files declare and nobody knew, withdraws what is gone from them, and tells the other sides. */
export async function recordDeclaredMaintenance(tx: Transaction, workspace: Workspace, now: Date): Promise<void> {
  const declared = [...workspace.platforms.values()].flatMap(({ metadata, spec }) =>
    spec.maintenance
      // What is over was announced to nobody.
      .filter(({ endsAt }) => Date.parse(endsAt) > now.getTime())
      .map(({ id, ...window }) => ({ platform: metadata.name, organization: spec.owner, fileId: id, ...window })),
  )
  const { announced, withdrawn } = await recordDeclared(tx, declared, now)
  await tell(tx, [...toldOf(workspace, announced, 'announced'), ...toldOf(workspace, withdrawn, 'withdrawn')], now)
}

export interface NewWindow {
  platform: string
  startsAt: Date
  endsAt: Date
  reason: string
  by: string
}

/**
 * Announces a window by the side that maintains, and tells the others in the same transaction. What is announced late is recorded, too: then it
 * counts, and everybody knows that it comes.
 *
 * @throws service-levels.maintenance_over when it lies in the past
 */
export async function announceMaintenance(
  database: Database,
  workspace: Workspace,
  { platform, startsAt, endsAt, reason, by }: NewWindow,
  now: Date,
): Promise<MaintenanceWindow> {
  if (endsAt <= startsAt || endsAt <= now) throw errors.maintenance_over({ startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() })
  const { owner: organization } = workspace.platforms.get(platform)!.spec
  return database.transaction(async (tx) => {
    const wanted = { platform, organization, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), reason, announcedBy: by }
    const window = await insertWindow(tx, wanted, now)
    await tell(tx, toldOf(workspace, [window], 'announced'), now)
    return window
  })
}

/** @throws service-levels.maintenance_unknown when it began, was withdrawn, or stands in a file */
export async function withdrawMaintenance(
  database: Database,
  workspace: Workspace,
  { platform, id }: { platform: string; id: string },
  now: Date,
): Promise<MaintenanceWindow> {
  return database.transaction(async (tx) => {
    const window = await withdrawWindow(tx, platform, id, now)
    if (!window) throw errors.maintenance_unknown({ platform, id })
    await tell(tx, toldOf(workspace, [window], 'withdrawn'), now)
    return window
  })
}

/** Every other side of an integration that bridges the platform, with what its agreement says about it. */
function toldOf(workspace: Workspace, windows: readonly MaintenanceWindow[], about: 'announced' | 'withdrawn'): NewNotification[] {
  return windows.flatMap((window) => {
    const touched = [...workspace.integrations.values()].filter(({ spec }) =>
      spec.sides.some((side) => side.platforms.includes(window.platform)),
    )
    const others = new Set(touched.flatMap(({ spec }) => spec.sides.map(({ organization }) => organization)))
    others.delete(window.organization)
    const when = `${window.startsAt.slice(0, 16).replace('T', ' ')} to ${window.endsAt.slice(0, 16).replace('T', ' ')} UTC`
    return [...others].map((organization): NewNotification => {
      const theirs = touched.filter(({ spec }) => spec.sides.some((side) => side.organization === organization))
      const judged = theirs.map((one) => {
        const [{ verdict, says } = { verdict: undefined, says: undefined }] = judgeMaintenance(one, workspace, [window])
        return { integration: one.metadata.name, verdict, says }
      })
      const late = judged.some(({ verdict }) => verdict === 'late') ? ' It was announced late, and counts.' : ''
      return {
        organization,
        kind: `maintenance.${about}`,
        key: `maintenance:${window.id}:${about}`,
        title:
          about === 'announced'
            ? `${window.platform} will be maintained from ${when}: ${window.reason}.${late}`
            : `${window.platform} will not be maintained from ${when}: it was taken back.`,
        data: { ...window, integrations: judged },
      }
    })
  })
}
