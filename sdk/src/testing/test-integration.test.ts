import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineIntegration, definePlatform, on } from '../index.ts'
import type { Effect, MeterCount, RunReport, Stimulus, TestBridge } from './bridge.ts'
import { differenceProblems, type Outcome, soundnessProblems } from './judge.ts'
import type { Runner } from './runner.ts'
import { signaturesOf } from './signature.ts'
import { received, testIntegration } from './test-integration.ts'

type Payload = { post: { requestBody: { content: { 'application/json': { id: string } } } } }
const shop = definePlatform<Record<never, never>, { 'order.made': Payload }>('shop')
const integration = defineIntegration(
  { name: 'a', version: '1.0.0', platforms: { shop } },
  { flow: on(shop.webhook('order.made'), { lane: ({ id }) => id, onPoison: 'park', async run() {} }) },
)

const effect = (origin: string, lane = 'l', body: unknown = { of: origin }): Effect => ({
  platform: 'shop',
  method: 'POST',
  path: '/notes',
  pathParameters: {},
  body,
  answer: { id: `note-${origin}` },
  origin,
  lane,
})

const outcomes: fc.Arbitrary<Outcome> = fc
  .uniqueArray(fc.tuple(fc.uuid(), fc.constantFrom('l1', 'l2', 'l3')), { minLength: 1, maxLength: 12, selector: ([origin]) => origin })
  .map((causes) => ({
    origins: causes.map(([origin]) => origin),
    effects: causes.map(([origin, lane], position) => effect(origin, lane, { position })),
    meters: causes.map(([origin]): MeterCount => ({ meter: 'note.made', quantity: 1, origin })),
    runs: causes.map(([origin]): RunReport => ({ id: origin, flow: 'flow', origin, state: 'ended' })),
  }))

const problemsOf = (found: Outcome, expected: Outcome) => [...soundnessProblems(found), ...differenceProblems(found, expected)]

describe('the judgement', () => {
  it('accepts what is the same, whatever the ids are and however lanes interleave', () => {
    fc.assert(
      fc.property(outcomes, (expected) => {
        const renamed = new Map(expected.origins.map((origin, position) => [origin, `origin-${position}`]))
        const move = <T extends { origin: string }>(items: readonly T[]) =>
          items.map((item) => ({ ...item, origin: renamed.get(item.origin) ?? '' }))
        const byLane = [...expected.effects].sort((one, other) => one.lane.localeCompare(other.lane))
        const found: Outcome = {
          origins: [...renamed.values()],
          effects: move(byLane).map((one) => ({ ...one, answer: { id: `other-${one.origin}` } })),
          meters: move(expected.meters),
          runs: expected.runs,
        }
        expect(problemsOf(found, expected)).toEqual([])
      }),
    )
  })

  it.each<[string, (outcome: Outcome, at: number) => Outcome, RegExp]>([
    ['a lost effect', (o, at) => ({ ...o, effects: o.effects.toSpliced(at, 1) }), /^lost: shop POST/],
    [
      'an effect that happened twice',
      (o, at) => ({ ...o, effects: o.effects.toSpliced(at, 0, o.effects[at]!) }),
      /^happened twice: shop POST/,
    ],
    [
      'an effect with another body',
      (o, at) => ({ ...o, effects: o.effects.with(at, { ...o.effects[at]!, body: { other: 1 } }) }),
      /^should not have happened/,
    ],
    ['a meter counted twice', (o, at) => ({ ...o, meters: [...o.meters, o.meters[at]!] }), /^meter note.made: expected \d+, found \d+/],
    ['a meter not counted', (o, at) => ({ ...o, meters: o.meters.toSpliced(at, 1) }), /^meter note.made: expected/],
    ['a run that waits for nothing', (o, at) => ({ ...o, runs: o.runs.with(at, { ...o.runs[at]!, state: 'waiting' }) }), /is stuck/],
    [
      'a parked run',
      (o, at) => ({ ...o, runs: o.runs.with(at, { ...o.runs[at]!, state: 'parked', failure: { kind: 'bug', message: 'x' } }) }),
      /is parked: bug: x/,
    ],
  ])('finds %s', (_what, spoil, expected) => {
    fc.assert(
      fc.property(outcomes, fc.nat(), (outcome, random) => {
        const problems = problemsOf(spoil(outcome, random % outcome.effects.length), outcome)
        expect(
          problems.some((problem) => expected.test(problem)),
          problems.join('\n'),
        ).toBe(true)
      }),
    )
  })

  it('finds effects of one lane in the wrong order', () => {
    const outcome: Outcome = { origins: ['a', 'b'], effects: [effect('b'), effect('a')], meters: [], runs: [] }
    expect(soundnessProblems(outcome)).toEqual(['lane l: POST /notes of a came after that of b, which arrived later'])
    expect(soundnessProblems({ ...outcome, effects: [effect('b', 'x'), effect('a', 'y')] })).toEqual([])
  })

  it('knows a record that a sandbox gave another id', () => {
    const play = (id: string) => [
      { ...effect('a', 'l', { subject: 's' }), path: '/tickets', answer: { id } },
      { ...effect('a', 'l', { body: 'b', ticket: id }), path: '/tickets/{id}/comments', pathParameters: { id } },
    ]
    expect(signaturesOf(play('tkt_1'))).toEqual(signaturesOf(play('tkt_2')))
    expect(signaturesOf([...play('tkt_1').slice(0, 1), ...play('tkt_3').slice(1)])).not.toEqual(signaturesOf(play('tkt_1')))
  })
})

/** A bridge that gives each event one effect, and breaks as told. */
function modelBridge(broken: { repeats?: boolean; loses?: boolean; parks?: boolean }): () => Promise<TestBridge> {
  return async () => {
    const seen = new Map<string, Effect>()
    const bridge: TestBridge = {
      async deliver(stimulus) {
        if ('tick' in stimulus) throw new Error('no ticks here')
        const { id } = stimulus.payload as { id: string }
        seen.set(broken.repeats ? `${seen.size}` : id, effect(id, id, { id }))
        return id
      },
      async settle() {},
      effects: async () => (broken.loses || broken.parks ? [] : [...seen.values()]),
      meters: async () => [],
      runs: async () =>
        [...seen.keys()].map((origin) => ({
          ...{ id: `run-${origin}`, flow: 'flow', origin, state: broken.parks ? ('parked' as const) : ('ended' as const) },
          ...(broken.parks ? { failure: { kind: 'bug', message: 'lines is not iterable' } } : {}),
        })),
      faultFirstCalls() {},
      crashOnceAt() {},
      replayAlways() {},
      async replayAll() {},
      async expireCredential() {},
      async reconnect() {},
      async close() {},
    }
    return bridge
  }
}

async function collect(
  openBridge: () => Promise<TestBridge>,
  more: { except?: Record<string, string> } = {},
): Promise<Map<string, string>> {
  const results = new Map<string, string>()
  const bodies: [string, () => Promise<void>][] = []
  const runner: Runner = { describe: (_name, body) => body(), it: (name, body) => bodies.push([name, body]) }
  const order = (id: string): Stimulus => received(shop.webhook('order.made'), { id })
  await testIntegration(integration, {
    workspace: '.',
    scenarios: { 'orders become notes': [order('1'), order('2')] },
    runner,
    openBridge,
    ...more,
  })
  for (const [name, body] of bodies)
    results.set(
      name,
      await body().then(
        () => 'passed',
        (error: Error) => error.message,
      ),
    )
  return results
}

describe('testIntegration', () => {
  it('registers one test for each disturbance, which an honest bridge passes', async () => {
    const results = await collect(modelBridge({}))
    expect([...results.keys()]).toMatchInlineSnapshot(`
      [
        "has effects, and ends",
        "keeps every effect, once, when all events come at once",
        "keeps every effect, once, when each execution starts again after every step",
        "keeps every effect, once, when everything is replayed",
        "keeps every effect, once, when every event is sent three times, twice at the same moment",
        "keeps every effect, once, when every event comes again under another id",
        "is never stuck or out of order when events come in the wrong order",
        "keeps every effect, once, when events come three days late",
        "keeps every effect, once, when every first call is throttled",
        "keeps every effect, once, when every first call fails with 503",
        "keeps every effect, once, when the connection of every first call breaks",
        "keeps every effect, once, when every first call gets no answer",
        "keeps every effect, once, when the answer to every first write is lost",
        "keeps every effect, once, when the credentials expire and are renewed",
        "keeps every effect, once, when the process dies before each effect",
        "keeps every effect, once, when the process dies between each effect and its record",
      ]
    `)
    expect(new Set(results.values())).toEqual(new Set(['passed']))
  })

  it('fails where a repetition has a second effect', async () => {
    const results = await collect(modelBridge({ repeats: true }))
    expect(results.get('keeps every effect, once, when every event is sent three times, twice at the same moment')).toMatch(
      /happened twice/,
    )
    expect(results.get('keeps every effect, once, when every first call fails with 503')).toBe('passed')
  })

  it('fails for a scenario that proves nothing', async () => {
    expect((await collect(modelBridge({ loses: true }))).get('has effects, and ends')).toMatch(
      /it had no effect at all\nLook at the filters of the flows/,
    )
  })

  it('says what was parked and why, and does not send the author to the filters that let it through', async () => {
    const results = await collect(modelBridge({ parks: true }))
    expect(results.get('has effects, and ends')).toMatchInlineSnapshot(`
      "the undisturbed scenario:
        - run run-1 of flow is parked: bug: lines is not iterable
        - run run-2 of flow is parked: bug: lines is not iterable
        - it had no effect at all
      2 of 2 runs parked in flow: bug: lines is not iterable
      Their events passed the filters: mend that first; effects that are missing follow from it."
    `)
    const disturbed = results.get('keeps every effect, once, when the credentials expire and are renewed')
    expect(disturbed).toContain('Undisturbed, too: 2 of 2 runs parked in flow: bug: lines is not iterable')
  })

  it('keeps known gaps only as long as they are gaps', async () => {
    const when = 'when every event is sent three times, twice at the same moment'
    const gap = `known gap, not: keeps every effect, once, ${when}: a partner's bug`
    expect((await collect(modelBridge({ repeats: true }), { except: { [when]: "a partner's bug" } })).get(gap)).toBe('passed')
    expect((await collect(modelBridge({}), { except: { [when]: "a partner's bug" } })).get(gap)).toMatch(/it holds .* now: remove/)
    await expect(collect(modelBridge({}), { except: { 'when it rains': '' } })).rejects.toThrow('there is no disturbance "when it rains"')
  })
})
