import type { Database } from '../../database/index.ts'
import { tell } from '../../notifications/index.ts'
import type { Alert } from './alert.ts'
import { saveAcknowledgement } from './queries.ts'

/** Keeps that a person looks at an alert, calls nobody else of their side, and tells the other sides, in one transaction. */
export async function acknowledgeAlert(
  database: Database,
  { id, integration, evidence, parties }: Alert,
  { by, organization, note }: { by: string; organization: string; note: string | null },
  at: Date,
): Promise<'acknowledged' | 'acknowledged before'> {
  return database.transaction(async (tx) => {
    if (!(await saveAcknowledgement(tx, { alert: id, organization, by, note, at }))) return 'acknowledged before'
    const others = parties.filter((party) => party.organization !== organization)
    await tell(
      tx,
      others.map((party) => ({
        organization: party.organization,
        kind: 'alert.acknowledged',
        key: `alert:${id}:acknowledged:${organization}`,
        title: `${integration}: ${evidence.of}: ${by} looks at it.`,
        data: { alert: id, integration, by, note },
      })),
      at,
    )
    return 'acknowledged'
  })
}
