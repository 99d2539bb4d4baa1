import { sumByCurrency } from '../agreements/index.ts'
import type { Money } from '../workspace/index.ts'
import type { InstanceFact, IntegrationFacts } from './facts.ts'

/** Who would feel it if the bridge fell today. */
export interface Exposure {
  instances: number
  customers: number
  payingCustomers: number
  /** Per year, per currency. */
  revenue: Money[]
  /** Paying instances whose revenue nobody has told: the sum is a lower bound when there are any. */
  withoutRevenue: number
}

/** Undefined when nobody has counted the instances: that is not zero. */
export function exposureOf({ instances }: IntegrationFacts): Exposure | undefined {
  return instances && exposureOfInstances(instances)
}

/** Customers with several instances count once; affiliated ones are no customers. */
export function exposureOfInstances(all: readonly InstanceFact[]): Exposure {
  const instances = all.filter((instance) => !instance.affiliated)
  const paying = instances.filter((instance) => instance.paying)
  return {
    instances: instances.length,
    customers: new Set(instances.map((instance) => instance.customer)).size,
    payingCustomers: new Set(paying.map((instance) => instance.customer)).size,
    revenue: sumByCurrency(paying.flatMap((instance) => instance.revenuePerYear ?? [])),
    withoutRevenue: paying.filter((instance) => instance.revenuePerYear === undefined).length,
  }
}
