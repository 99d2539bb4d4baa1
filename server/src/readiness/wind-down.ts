import { addLength, type Day } from '../agreements/index.ts'
import type { Integration, WindDown } from '../workspace/index.ts'
import type { CheckContext } from './check.ts'

export interface WindDownFault {
  about: 'plan' | 'notice' | 'successor' | 'migration' | 'last-day' | 'obligation'
  says: string
}

type Known = Pick<CheckContext, 'spec' | 'facts' | 'agreements' | 'workspace' | 'today'>

/** Without an agreement the notice of the end is half a year: the default of the agreement schema. */
const usualExitNotice = 'P180D'

/**
 * Everything that stands between an integration with paying customers and `retired`: the plan itself, the notice that was
 * agreed, a successor that lives, each paying instance's migration, the last day, and what each party owes.
 *
 * @returns empty when the plan is carried out
 */
export function windDownFaults(context: Known): WindDownFault[] {
  const { windDown } = context.spec
  if (!windDown) return [{ about: 'plan', says: 'there is no wind-down plan' }]
  return [
    ...noticeFaults(windDown, context),
    ...successorFaults(windDown, context),
    ...migrationFaults(context),
    ...(windDown.lastDay >= context.today ? [{ about: 'last-day' as const, says: `the last day ${windDown.lastDay} has not passed` }] : []),
    ...obligationFaults(windDown, context.spec, context.today),
  ]
}

function noticeFaults({ announcedOn, lastDay }: WindDown, { agreements, facts }: Known): WindDownFault[] {
  const notices = agreements.map((agreement) => agreement.spec.changes.notice.exit)
  const earliest = (notices.length > 0 ? notices : [usualExitNotice])
    .map((notice) => addLength(announcedOn, notice))
    .sort()
    .at(-1)!
  const paidUntil = paying(facts)
    .flatMap((instance) => instance.termEndsOn ?? [])
    .sort()
    .at(-1)
  return [
    ...(lastDay < earliest
      ? [{ about: 'notice' as const, says: `announced on ${announcedOn}, so the last day can’t lie before ${earliest}` }]
      : []),
    ...(paidUntil !== undefined && lastDay < paidUntil
      ? [{ about: 'notice' as const, says: `customers have paid until ${paidUntil}` }]
      : []),
  ]
}

const paying = (facts: Known['facts']) => (facts.instances ?? []).filter((instance) => instance.paying)

const living: readonly Integration['spec']['stage'][] = ['pilot', 'beta', 'ga']

function successorFaults({ successor }: WindDown, { workspace }: Known): WindDownFault[] {
  const next = successor === 'none' ? undefined : workspace.integrations.get(successor)
  if (successor === 'none' || (next && living.includes(next.spec.stage))) return []
  return [{ about: 'successor', says: `the successor ${successor} is ${next ? `in ${next.spec.stage}` : 'not in this workspace'}` }]
}

/** Ids of the instances that the plan says have moved. */
export const movedInstances = (spec: Integration['spec'], today: Day): string[] => [...migratedDays(spec, today).keys()]

const migratedDays = ({ windDown }: Integration['spec'], today: Day): Map<string, Day> =>
  new Map(
    (windDown?.instances ?? []).flatMap(({ instance, migratedOn }) =>
      migratedOn !== undefined && migratedOn <= today ? [[instance, migratedOn] as const] : [],
    ),
  )

/** A plan says that somebody moved; the running system says whether they still walk over the bridge. */
function migrationFaults({ spec, facts, today }: Known): WindDownFault[] {
  const migrated = migratedDays(spec, today)
  return paying(facts).flatMap(({ id, customer, lastActiveOn }): WindDownFault[] => {
    const migratedOn = migrated.get(id)
    if (migratedOn === undefined) return [{ about: 'migration', says: `${customer} (${id}) has not moved` }]
    return lastActiveOn !== undefined && lastActiveOn > migratedOn
      ? [{ about: 'migration', says: `${customer} (${id}) is said to have moved on ${migratedOn}, and still used it on ${lastActiveOn}` }]
      : []
  })
}

function obligationFaults({ obligations }: WindDown, { sides }: Integration['spec'], today: Day): WindDownFault[] {
  const silent = sides.filter((side) => side.platforms.length > 0 && !obligations.some((row) => row.party === side.organization))
  const open = obligations.filter((row) => row.doneOn === undefined || row.doneOn > today)
  return [
    ...silent.map((side) => ({ about: 'obligation' as const, says: `nothing says what ${side.organization} owes until the end` })),
    ...open.map((row) => ({ about: 'obligation' as const, says: `${row.party} still owes: ${row.owes}` })),
  ]
}
