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
