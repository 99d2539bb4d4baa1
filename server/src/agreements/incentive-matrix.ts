import type { Agreement, Incentive, Money } from '../workspace/index.ts'
import { sumByCurrency } from './amounts.ts'
import { addDays, type Day } from './days.ts'

/** What is taken off an incentive, in parts per million, until an experiment supports it. */
export const defaultHaircutPpm: Readonly<Record<Incentive['kind'], number>> = { cash: 0, stickiness: 800_000, halo: 1_000_000 }

/** An attestation supports an amount for this long. */
export const attestationDays = 90

export interface IncentiveRow {
  agreement: string
  incentive: Incentive
  /** Cash is hard; everything else is hope with a number. */
  hard: boolean
  state: 'counts' | 'not-begun' | 'expired'
  haircutPpm: number
  /** Why the haircut that the file asks for was not taken. */
  haircutRefused?: string
  /** What may be believed per year: after the haircut, rounded down; 0 unless it counts today. */
  believed: Money
}

export interface PartyIncentives {
  party: string
  rows: IncentiveRow[]
  /** Sums of what is believed, per currency. */
  hard: Money[]
  soft: Money[]
}

/** Per party, in the order of the agreements' parties, every incentive with its haircut and whether it still counts. */
export function incentiveMatrix(agreements: readonly Agreement[], today: Day): PartyIncentives[] {
  const parties = [...new Set(agreements.flatMap((agreement) => agreement.spec.parties.map((party) => party.organization)))]
  return parties.map((party) => {
    const rows = agreements.flatMap((agreement) =>
      agreement.spec.incentives.filter((incentive) => incentive.party === party).map((incentive) => rowOf(agreement, incentive, today)),
    )
    return { party, rows, hard: believedSum(rows, true), soft: believedSum(rows, false) }
  })
}

const believedSum = (rows: readonly IncentiveRow[], hard: boolean): Money[] =>
  sumByCurrency(rows.filter((row) => row.hard === hard).map((row) => row.believed))

function rowOf(agreement: Agreement, incentive: Incentive, today: Day): IncentiveRow {
  const state = stateOf(agreement, incentive, today)
  const { haircutPpm, refused } = haircutOf(incentive, today)
  const { amountMinor, currency } = incentive.amountPerYear
  const believedMinor = state === 'counts' ? afterHaircut(amountMinor, haircutPpm) : 0
  return {
    agreement: agreement.metadata.name,
    incentive,
    hard: incentive.kind === 'cash',
    state,
    haircutPpm,
    ...(refused !== undefined && { haircutRefused: refused }),
    believed: { amountMinor: believedMinor, currency },
  }
}

function stateOf(agreement: Agreement, { from, expiresOn }: Incentive, today: Day): IncentiveRow['state'] {
  if (agreement.spec.status === 'terminated' || (expiresOn !== undefined && expiresOn < today)) return 'expired'
  return today < (from ?? agreement.spec.term.start) ? 'not-begun' : 'counts'
}

/**
 * A file may ask for more than the default haircut freely, for less only with support: a link that others can check,
 * or an attestation of the last 90 days. Otherwise hope would be entered as cash.
 */
function haircutOf(incentive: Incentive, today: Day): { haircutPpm: number; refused?: string } {
  const usual = defaultHaircutPpm[incentive.kind]
  const asked = incentive.haircut?.ppm ?? usual
  const attested =
    incentive.attestedBy !== undefined && incentive.attestedOn !== undefined && incentive.attestedOn >= addDays(today, -attestationDays)
  if (asked >= usual || incentive.link !== undefined || attested) return { haircutPpm: asked }
  return { haircutPpm: usual, refused: 'nothing supports a smaller haircut: no link, no attestation of the last 90 days' }
}

// In whole numbers: amount × parts per million leaves the exact range of a float at 9 billion minor units.
function afterHaircut(amountMinor: number, haircutPpm: number): number {
  const kept = BigInt(amountMinor) * BigInt(1_000_000 - haircutPpm)
  const quotient = kept / 1_000_000n
  return Number(kept < 0n && kept % 1_000_000n !== 0n ? quotient - 1n : quotient)
}
