import type { Integration } from '@bridgekeeper/sdk'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { customisationOf, upgradeEffect } from './customisation.ts'
import type { Instance } from './instances.ts'

const settings = z.object({ prefix: z.string().max(3).default(''), label: z.string().default('customer') })
const version = (number: string, changes: Partial<Integration> = {}): Integration => ({
  name: 'shop-crm',
  version: number,
  platforms: { shop: { name: 'shop' } as never, crm: { name: 'crm' } as never },
  settings,
  meters: [],
  mappings: { order: { expression: '{ "no": order }' } as never, item: { expression: 'item' } as never },
  flows: { sync: { kind: 'on', platform: 'shop', event: 'order.created' } as never },
  ...changes,
})
const [one, two] = [version('1.0.0'), version('2.0.0')]
const instance = (changes: Partial<Instance> = {}) =>
  ({
    version: '1.0.0',
    settings: { prefix: '', label: 'customer' },
    mappings: {},
    connections: { shop: 'a', crm: 'b' },
    ...changes,
  }) as Instance

describe('R7: how an installation differs', () => {
  it.each<[string, Partial<Instance>, object]>([
    ['standard', {}, { level: 'standard', configured: [], mapped: [], coded: false }],
    [
      'configured by a setting that is not the usual one',
      { settings: { prefix: 'A', label: 'customer' } },
      { level: 'configured', configured: ['prefix'] },
    ],
    [
      'mapped by an expression of its own',
      { settings: { prefix: 'A' }, mappings: { order: '{}' } },
      { level: 'mapped', configured: ['prefix'], mapped: ['order'] },
    ],
    ['standard where its own expression is the default', { mappings: { order: ' { "no": order } ' } }, { level: 'standard', mapped: [] }],
    ['coded by a version that was made for it', { version: '1.0.0-acme' }, { level: 'coded', coded: true }],
    ['coded by build metadata, too', { version: '1.0.0+acme' }, { level: 'coded', coded: true }],
  ])('%s', async (_, changes, expected) => {
    expect(await customisationOf(instance(changes), one, one)).toMatchObject(expected)
  })

  it('says by how much it is behind, and counts what somebody must give as configured', async () => {
    expect(await customisationOf(instance(), one, two)).toMatchObject({ behind: '2.0.0' })
    expect(await customisationOf(instance({ version: '2.0.0' }), two, two)).not.toHaveProperty('behind')
    const strict = version('1.0.0', { settings: z.object({ shop: z.string() }) })
    expect(await customisationOf(instance({ settings: { shop: 'x' } }), strict, strict)).toMatchObject({ configured: ['shop'] })
  })
})

describe('R7: what an upgrade would do to it', () => {
  it('nothing, where nothing that reaches it changes', async () => {
    expect(await upgradeEffect(instance(), one, two)).toEqual({ to: '2.0.0', blockers: [], changes: [] })
  })

  it('settings: what is new, what no longer counts, and what does not fit', async () => {
    const next = version('2.0.0', { settings: z.object({ prefix: z.string().max(1).default(''), channel: z.string().default('web') }) })
    expect(await upgradeEffect(instance(), one, next)).toMatchObject({
      blockers: [],
      changes: ['gets the setting channel = "web"', 'its setting label no longer counts'],
    })
    const { blockers } = await upgradeEffect(instance({ settings: { prefix: 'ABC', label: 'x' } }), one, next)
    expect(blockers).toEqual([expect.stringMatching(/^its settings do not fit: .*prefix/)])
  })

  it('mappings: what changes, what is kept from changing, and what is no longer there', async () => {
    const next = version('2.0.0', { mappings: { order: { expression: '{ "number": order }' } as never } })
    expect(await upgradeEffect(instance(), one, next)).toMatchObject({ changes: ['the mapping order changes, and with it what is sent'] })
    expect(await upgradeEffect(instance({ mappings: { order: '{}', item: '1' } }), one, next)).toMatchObject({
      blockers: ['it replaces the mapping item, which 2.0.0 does not have'],
      changes: ['keeps its own mapping order, and does not get what 2.0.0 changes in it'],
    })
  })

  it('flows that come, go or begin otherwise; platforms without a connection', async () => {
    const next = version('2.0.0', {
      platforms: { ...one.platforms, mail: { name: 'mail' } as never },
      flows: { sync: { kind: 'on', platform: 'shop', event: 'order.paid' } as never, tidy: { kind: 'every', interval: 'P1D' } as never },
    })
    const before = version('1.0.0', { flows: { ...one.flows, old: { kind: 'every', interval: 'PT1H' } as never } })
    expect(await upgradeEffect(instance(), before, next)).toMatchObject({
      blockers: ['it has no connection to mail'],
      changes: [
        'no longer does old',
        'sync begins on order.paid of shop, and no longer on order.created of shop',
        'newly does tidy, every P1D',
      ],
    })
  })

  it('what can’t be told is said', async () => {
    const { changes } = await upgradeEffect(instance({ version: '0.9.0' }), undefined, two)
    expect(changes).toEqual(['its version 0.9.0 is not loaded here, so what 2.0.0 changes beneath it can’t be told'])
  })
})
