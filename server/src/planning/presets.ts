/**
 * What a plan takes for granted until somebody knows better. Each is printed as an *assumption* wherever it is used.
 * Amounts of money are in `preset-money.ts`, since they depend on the currency.
 */
export const presets = {
  horizonMonths: 36,
  discountPercent: 12,
  buildMonths: 3,
  buildP50Factor: 1.5,
  buildP90Factor: 3,
  maintenancePercent: { low: 15, likely: 25, high: 50 },
  coordinationPercent: 15,
  supervisionPercent: 10,
  stickinessHaircutPercent: 80,
  haloHaircutPercent: 100,
  /** Cost of an hour of support or sales as a part of an engineer's loaded hour. */
  supportCostPercent: 55,
  sellingCostPercent: 80,
  /** A supplier's own cost as a part of what it invoices. */
  supplierCostPercent: 80,
  /** What a host for a fee invoices, as a multiple of its own cost. */
  hostingPriceFactor: 2,
  operateHoursPerMonth: 4,
  supportHoursPerMonth: 4,
  supportHoursPerInstanceMonth: 0.25,
  sellHoursPerMonth: 8,
  ownerHoursPerMonth: 4,
  rampMonths: 12,
} as const

/** Why a preset has the value it has; shown beside the number. */
export const presetReasons: Readonly<Record<string, string>> = {
  'build.p50Multiplier': 'half of all builds take more than 1.5 times their estimate',
  'build.p90Multiplier': 'one build in ten takes more than 3 times its estimate',
  maintenancePercent: 'yearly maintenance is commonly 15 to 50 % of the build, most often about 25 %',
  'haircutPercent.stickiness': 'stickiness is believed by a fifth until an experiment shows more',
  'haircutPercent.halo': 'halo is not believed until an experiment supports it',
}
