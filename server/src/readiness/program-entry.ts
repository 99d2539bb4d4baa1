import { type Integration, type Platform, type Stage, writeMoney } from '../workspace/index.ts'
import type { Check, CheckContext } from './check.ts'
import { activeCustomers } from './checks/active-customers.ts'
import { type EvidenceKind, evidenceKind, type Grounds, groundsOf, observed, weakest } from './evidence.ts'
import { judgeCheck } from './judge-check.ts'
import { isThere, organizationOf } from './readiness-workspace.ts'
import { risingStages } from './stages.ts'

export type ProgramEntry = Integration['spec']['programs'][number]
type Tier = NonNullable<Platform['spec']['program']>['tiers'][number]

/**
 * One thing that a tier asks. `met`: observed, or a person of the platform's owner said so within 90 days. `claimed`: only a file says so, or
 * only the partner itself. `undetermined`: nobody can tell, or the word has gone stale.
 */
export interface EntryCriterion {
  asks: string
  state: 'met' | 'claimed' | 'undetermined' | 'not-met'
  says: string
  /** What a state that is met or claimed rests on. */
  grounds?: Grounds
  evidence?: EvidenceKind
}

export type JudgedTier = { tier: string; criteria: EntryCriterion[] } | { tier: string; unknownTier: string[] }

/** Judges what the tier that an integration is in, or wants to enter, asks of it. @param checks those that a tier may ask for */
export function judgeEntry(context: CheckContext, entry: ProgramEntry, checks: readonly Check[]): JudgedTier {
  const platform = context.workspace.platforms.get(entry.platform)
  const tiers = platform?.spec.program?.tiers ?? []
  const tier = tiers.find(({ name }) => name === entry.tier)
  if (!platform || !tier) return { tier: entry.tier, unknownTier: tiers.map(({ name }) => name) }
  const { stage, activeCustomers: customers, checks: asked = [] } = tier.requires ?? {}
  const criteria = [
    ...(stage ? [stageReached(context, stage)] : []),
    ...(customers ? [enoughCustomers(context, customers)] : []),
    ...asked.map((id) => checkPassed(context, id, checks)),
    ...tier.entryCriteria.map((words) => wordGiven(context, platform, words, entry)),
    feeAgreed(context, platform, tier),
  ]
  return { tier: tier.name, criteria }
}

function onGrounds({ today }: CheckContext, asks: string, says: string, grounds: Grounds): EntryCriterion {
  const evidence = evidenceKind(grounds, today)
  const state = evidence === 'stale' ? 'undetermined' : evidence === 'declared' ? 'claimed' : 'met'
  return { asks, state, says: evidence === 'stale' ? `${says}, too long ago` : says, grounds, evidence }
}

/** A file's hope for a stage is none: only what the gates have admitted counts. */
function stageReached(context: CheckContext, asked: Stage): EntryCriterion {
  const { admission } = context.facts
  const asks = `in ${asked} or later`
  if (!admission) return { asks, state: 'undetermined', says: 'no gate has let it into a stage' }
  const reached = risingStages.indexOf(admission.stage) >= risingStages.indexOf(asked)
  const says = `in ${admission.stage} since ${admission.since}${admission.how === 'adopted' ? ', adopted' : ''}`
  return reached ? onGrounds(context, asks, says, observed(admission.since)) : { asks, state: 'not-met', says }
}

function enoughCustomers(context: CheckContext, asked: number): EntryCriterion {
  const asks = `${asked} active customers`
  const { instances } = context.facts
  if (!instances) return { asks, state: 'undetermined', says: 'nobody has counted its customers' }
  const { told, possible } = activeCustomers(instances, context.today)
  if (told >= asked) return onGrounds(context, asks, `${told} are active`, observed())
  if (possible >= asked)
    return { asks, state: 'undetermined', says: `${told} are active; nobody has told whether ${possible - told} more belong to a side` }
  return { asks, state: 'not-met', says: `${told} are active` }
}

/** Waivers are between the two sides: no program is entered with one. */
function checkPassed(context: CheckContext, id: string, checks: readonly Check[]): EntryCriterion {
  const check = checks.find((one) => one.id === id)
  const asks = check ? `${check.title} (${id})` : id
  if (!check) return { asks, state: 'undetermined', says: `there is no readiness check ${id}` }
  const results = judgeCheck(check, context, []).filter(({ status }) => status !== 'not-applicable')
  const open = results.find(({ status }) => status === 'failed') ?? results.find(({ status }) => status !== 'passed')
  if (open)
    return { asks, state: open.status === 'failed' ? 'not-met' : open.status === 'unproven' ? 'claimed' : 'undetermined', says: open.says }
  const [weak] = results.toSorted((one, other) => rank(other.evidence) - rank(one.evidence))
  if (!weak) return { asks, state: 'undetermined', says: 'it does not apply here' }
  return {
    asks,
    state: weak.evidence === 'declared' ? 'claimed' : 'met',
    says: weak.says,
    ...(weak.evidence && { evidence: weak.evidence }),
  }
}

const rank = (evidence: EvidenceKind | undefined): number => ['observed', 'attested', 'declared'].indexOf(evidence ?? 'declared')

/** What no fact can answer, the owner of the platform says; the partner's own word is a claim. */
function wordGiven(context: CheckContext, platform: Platform, asks: string, { criteria }: ProgramEntry): EntryCriterion {
  const word = criteria.find(({ criterion }) => criterion === asks)
  if (!word) return { asks, state: 'undetermined', says: 'nobody has said' }
  const { attestedBy, attestedOn } = word
  if (attestedBy === undefined) return onGrounds(context, asks, 'its file says so', { kind: 'declared' })
  const says = `${attestedBy} said so on ${attestedOn}`
  const ofOwner = organizationOf(attestedBy) === platform.spec.owner && isThere(context.people, attestedBy, context.today)
  return ofOwner
    ? onGrounds(context, asks, says, groundsOf(word))
    : onGrounds(context, asks, `${says}, who does not speak for ${platform.spec.owner}`, { kind: 'declared' })
}

/** What is to be paid is known where an agreement in force says it. */
function feeAgreed(context: CheckContext, platform: Platform, { fee, per }: Tier): EntryCriterion {
  const asks = `fee ${writeMoney(fee)} ${per === 'once' ? 'once' : `per ${per}`}`
  if (fee.amountMinor === 0) return { asks, state: 'met', says: 'nothing is to be paid' }
  const kind = per === 'once' ? 'certification-fee' : 'retainer'
  const agreed = context.inForce.flatMap((agreement) =>
    agreement.spec.terms.flatMap((term) =>
      term.kind === kind && term.payee === platform.spec.owner && (term.kind !== 'retainer' || term.per === per)
        ? [{ agreement, term }]
        : [],
    ),
  )
  const same = agreed.find(({ term }) => term.amount.amountMinor === fee.amountMinor && term.amount.currency === fee.currency)
  if (same) return onGrounds(context, asks, `${same.agreement.metadata.name}, ${same.term.id}`, { kind: 'declared' })
  const [other] = agreed
  if (other) return { asks, state: 'not-met', says: `${other.agreement.metadata.name} says ${writeMoney(other.term.amount)}` }
  return { asks, state: 'undetermined', says: `no agreement in force names a ${kind} to ${platform.spec.owner}` }
}

/** The weakest of what all criteria rest on. */
export const groundsOfCriteria = (criteria: readonly EntryCriterion[], context: CheckContext): Grounds =>
  weakest(
    criteria.map(({ grounds, state }): Grounds => grounds ?? (state === 'met' ? observed() : { kind: 'declared' })),
    context.today,
  )
