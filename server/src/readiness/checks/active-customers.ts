import { addDays, type Day } from '../../agreements/index.ts'
import type { InstanceFact } from '../facts.ts'

export const activeWithinDays = 30

/**
 * Customers with a run that succeeded within 30 days.
 *
 * @returns told: those of whom somebody has said that they belong to no side; possible: with those of whom nobody has told
 */
export function activeCustomers(instances: readonly InstanceFact[], today: Day): { told: number; possible: number } {
  const since = addDays(today, -activeWithinDays)
  const active = instances.filter((instance) => instance.active && !instance.affiliated && (instance.lastActiveOn ?? '') >= since)
  const customers = (some: readonly InstanceFact[]): number => new Set(some.map(({ customer }) => customer)).size
  return { told: customers(active.filter(({ affiliated }) => affiliated === false)), possible: customers(active) }
}
