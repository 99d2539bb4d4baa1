import { describe, expect, it } from 'vitest'
import { calibrateMaintenance, maintenanceOutcome } from './maintenance-calibration.ts'

const took = (perYearPercent: number, plan = 'p') =>
  maintenanceOutcome(plan, { buildHours: 100, maintenanceHours: perYearPercent, months: 12 })

describe('what keeping bridges up took', () => {
  it('is maintenance of a year as a part of the build', () => {
    expect(maintenanceOutcome('p', { buildHours: 200, maintenanceHours: 30, months: 6 })).toMatchObject({ perYearPercent: 30 })
  })

  it('teaches nothing where it was not recorded, or before half a year is over: that is not zero', () => {
    expect(maintenanceOutcome('p', { buildHours: 200, maintenanceHours: 30, months: 5 })).toMatchObject({
      reason: 'launched less than 6 months ago',
    })
    expect(maintenanceOutcome('p', { buildHours: 0, maintenanceHours: 30, months: 12 })).toMatchObject({
      reason: expect.stringMatching(/build hours/),
    })
    expect(maintenanceOutcome('p', { buildHours: 200, maintenanceHours: 0, months: 12 })).toMatchObject({
      reason: expect.stringMatching(/no maintenance hours/),
    })
    expect(calibrateMaintenance([maintenanceOutcome('p', { buildHours: 1, maintenanceHours: 0, months: 12 })])).toMatchObject({
      outcomes: [],
    })
  })

  it('moves the preset range by the geometric mean, with a preset that weighs as much as three bridges', () => {
    expect(calibrateMaintenance([took(25), took(25)]).perYearPercent).toEqual({ low: 15, likely: 25, high: 50 })
    expect(calibrateMaintenance([took(50), took(50), took(50)]).perYearPercent!.likely).toBeCloseTo(25 * Math.SQRT2, 10)
    const many = calibrateMaintenance(Array.from({ length: 500 }, () => took(10))).perYearPercent!
    expect(many.likely).toBeCloseTo(10, 0)
    expect(many.high / many.low).toBeCloseTo(50 / 15, 10)
  })
})
