import type { Integration } from '@bridgekeeper/sdk'
import { expect, it } from 'vitest'
import { createIntegrations } from './integrations.ts'

const integration = (expression: string) =>
  ({
    name: 'shop-billing',
    version: '1.0.0',
    mappings: { invoice: { expression, from: [], to: {} } },
    flows: {},
    platforms: {},
  }) as unknown as Integration

it('a default mapping that is no expression is refused with its line before anything runs', () => {
  expect(createIntegrations([integration('{ "a": order.id }')]).knows('shop-billing')).toBe(true)
  expect(() => createIntegrations([integration('{\n  "a": order.id,,\n  "b": 1\n}')])).toThrow(
    expect.objectContaining({
      code: 'runtime.default_mapping_invalid',
      message: expect.stringContaining('"invoice" of shop-billing 1.0.0') && expect.stringContaining('(line 2, in "a": order.id,,)'),
    }),
  )
})

it.each([
  ['61 * * * *', 'minute'],
  ['a b c d e', 'a'],
  ['0 0 30 2 *', 'no such moment ever comes'],
  ['* * * * * *', 'five fields'],
  ['@hourly', 'five fields'],
  ['2026-01-01T00:00:00', 'five fields'],
  ['PT59S', 'more often than once a minute'],
  ['PT59.999S', 'more often than once a minute'],
  ['PT0S', 'more often than once a minute'],
  ['P1M', 'no duration of fixed length'],
])('a schedule that starts nothing, or more than it may (%s), is refused before an instance is made', (rule, reason) => {
  const schedule = rule.startsWith('P') ? { interval: rule } : { cron: rule }
  const scheduled = { ...integration('1'), flows: { poll: { kind: 'every', ...schedule } } } as unknown as Integration
  expect(() => createIntegrations([scheduled])).toThrow(
    expect.objectContaining({ code: 'runtime.schedule_invalid', message: expect.stringContaining(`"${rule}"`) }),
  )
  expect(() => createIntegrations([scheduled])).toThrow(reason)
})

it('a leap day and an interval are schedules', () => {
  const flows = { rare: { kind: 'every', cron: '0 0 29 2 *' }, often: { kind: 'every', interval: 'PT1M' } }
  expect(createIntegrations([{ ...integration('1'), flows } as unknown as Integration]).knows('shop-billing')).toBe(true)
})
