import type { Knob } from './knobs.ts'
import type { PlanInputs } from './plan-inputs.ts'
import { type Role, roles } from './plan-inputs.ts'

/** `1,234,567 EUR` */
export function fullMoney(inputs: PlanInputs, amount: number): string {
  return `${whole(amount)} ${inputs.currency}`
}

/** Short enough for an axis: `1.2M`, `-84k`, `950`. */
export function shortMoney(amount: number): string {
  const magnitude = Math.abs(amount)
  if (magnitude >= 9_950_000) return `${Math.round(amount / 1_000_000)}M`
  if (magnitude >= 995_000) return `${(amount / 1_000_000).toFixed(1)}M`
  if (magnitude >= 995) return `${Math.round(amount / 1000)}k`
  return whole(amount)
}

/** Grouped by thousands in one fixed way, so that the same report reads the same on every machine; no -0. */
export function whole(amount: number): string {
  const rounded = Math.round(amount)
  const grouped = String(Math.abs(rounded)).replace(/\B(?=(\d{3})+$)/g, ',')
  return rounded < 0 ? `-${grouped}` : grouped
}

/** `12 %`. What is rare is not told as never, nor what is nearly always as always. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return 'under 1 %'
  return share < 1 && share >= 0.995 ? 'over 99 %' : `${Math.round(share * 100)} %`
}

/** `month 14`, or that it does not come within the horizon. */
export const monthText = (month: number | undefined, none: string): string => (month === undefined ? none : `month ${month}`)

/** A number with its unit, as exact as it is useful. */
export function withUnit(inputs: PlanInputs, unit: Knob['unit'], value: number): string {
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(2).replace(/\.?0+$/, '') : whole(value)
  return {
    money: `${digits} ${inputs.currency}`,
    percent: `${digits} %`,
    hours: `${digits} h`,
    months: `${digits} months`,
    instances: digits,
    factor: `× ${digits}`,
  }[unit]
}

export const roleNames: Record<Role, string> = { builder: 'Builds', host: 'Hosts', seller: 'Sells', supporter: 'Supports' }

export function nameOf(inputs: PlanInputs, party: string): string {
  return inputs.parties.find((candidate) => candidate.id === party)?.name ?? party
}

/** Names of the holders in the order of the roles. */
export function holders(inputs: PlanInputs, held: Record<Role, string>): string[] {
  return roles.map((role) => nameOf(inputs, held[role]))
}

export const answerWords = {
  start: 'Start',
  'settle-first': 'Settle first',
  'do-not-start': 'Do not start',
  undetermined: 'Undetermined',
} as const
