import type { Executor } from '../database/index.ts'
import type { IntegrationFacts, ReadinessFacts } from './facts.ts'
import { listAdmissions, listAttestations, listGapReviews, listWaiverSignatures } from './queries.ts'

/**
 * What other parts of the running system know, each asked once for all integrations. A part that is left out has not
 * looked, and its checks answer `insufficient-data`; a part that answers knows also that an integration has none.
 */
export type FactReaders = {
  [Name in keyof Omit<IntegrationFacts, 'attestations' | 'waiverSignatures' | 'gapReviews' | 'admission'>]?: () => Promise<
    ReadonlyMap<string, NonNullable<IntegrationFacts[Name]>>
  >
}

/** Reads the rows that readiness owns and asks the given readers, all at once. */
export async function readFacts(executor: Executor, readers: FactReaders = {}): Promise<ReadinessFacts> {
  const [attestations, waiverSignatures, gapReviews, admissions, ...others] = await Promise.all([
    listAttestations(executor).then(byIntegration),
    listWaiverSignatures(executor).then(byIntegration),
    listGapReviews(executor).then(byIntegration),
    listAdmissions(executor),
    ...Object.entries(readers).map(async ([name, read]) => ({ name, known: (await read()) as ReadonlyMap<string, unknown> })),
  ])
  const admitted = new Map(admissions.map(({ integration, ...admission }) => [integration, admission]))
  return {
    of(integration) {
      const told = others.flatMap(({ name, known }) => (known.has(integration) ? [[name, known.get(integration)]] : []))
      const admission = admitted.get(integration)
      return {
        ...(Object.fromEntries(told) as IntegrationFacts),
        attestations: attestations.get(integration) ?? [],
        waiverSignatures: waiverSignatures.get(integration) ?? [],
        gapReviews: gapReviews.get(integration) ?? [],
        ...(admission && { admission }),
      }
    },
  }
}

function byIntegration<Row extends { integration: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(row.integration, [...(groups.get(row.integration) ?? []), row])
  return groups
}
