import type { Fault, Stimulus, TestBridge } from './bridge.ts'

/** One thing that goes wrong in production, done to a bridge on purpose. */
export interface Disturbance {
  /** Ends the sentence "keeps every effect, once, …". */
  readonly when: string
  /** What to look at in the code of a flow that does not hold. */
  readonly hint: string
  /** `sound`: the outcome may differ, but nothing may be stuck or out of order. */
  readonly holds: 'same' | 'sound'
  /** Delivers the scenario. @returns the origins in order of arrival */
  play(bridge: TestBridge, scenario: readonly Stimulus[]): Promise<string[]>
}

/** One after another, each finished before the next. */
export async function playCalmly(bridge: TestBridge, scenario: readonly Stimulus[]): Promise<string[]> {
  const origins: string[] = []
  for (const stimulus of scenario) {
    origins.push(await bridge.deliver(stimulus))
    await bridge.settle()
  }
  return origins
}

async function playAtOnce(bridge: TestBridge, scenario: readonly Stimulus[]): Promise<string[]> {
  const origins: string[] = []
  for (const stimulus of scenario) origins.push(await bridge.deliver(stimulus))
  await bridge.settle()
  return origins
}

const prepared =
  (prepare: (bridge: TestBridge) => void): Disturbance['play'] =>
  (bridge, scenario) => {
    prepare(bridge)
    return playAtOnce(bridge, scenario)
  }

const retried =
  'A step may run again: give each write a step of its own, and look before you create where the platform honours no idempotency key.'
const repeated = 'The code between steps runs again: keep effects, clocks and chance inside steps, and step names the same each time.'
const seenTwice =
  'The same event can come twice under two ids, by webhook and by poll: look before you create, and count only what this run did.'

function faulted(when: string, fault: Fault, calls: 'all' | 'writes'): Disturbance {
  return { when, hint: retried, holds: 'same', play: prepared((bridge) => bridge.faultFirstCalls(fault, calls)) }
}

/** The platforms that a scenario makes the integration call are not known beforehand, so all of them lose the credential. */
async function playThroughExpiry(bridge: TestBridge, scenario: readonly Stimulus[], platforms: readonly string[]): Promise<string[]> {
  for (const platform of platforms) await bridge.expireCredential(platform)
  const origins = await playAtOnce(bridge, scenario)
  for (const platform of platforms) await bridge.reconnect(platform)
  await bridge.settle()
  return origins
}

function underAnotherId(stimulus: Stimulus, position: number): Stimulus {
  return 'tick' in stimulus ? stimulus : { ...stimulus, id: `${stimulus.id ?? `event-${position}`}-again` }
}

/** All disturbances of the suite. */
export function disturbances(platforms: readonly string[]): readonly Disturbance[] {
  return [
    { when: 'when all events come at once', hint: repeated, holds: 'same', play: playAtOnce },
    {
      when: 'when each execution starts again after every step',
      hint: repeated,
      holds: 'same',
      play: prepared((bridge) => bridge.replayAlways()),
    },
    {
      when: 'when everything is replayed',
      hint: seenTwice,
      holds: 'same',
      async play(bridge, scenario) {
        const origins = await playCalmly(bridge, scenario)
        await bridge.replayAll()
        await bridge.settle()
        return origins
      },
    },
    {
      when: 'when every event is sent three times, twice at the same moment',
      hint: seenTwice,
      holds: 'same',
      async play(bridge, scenario) {
        const origins: string[] = []
        for (const stimulus of scenario) origins.push(...(await Promise.all([bridge.deliver(stimulus), bridge.deliver(stimulus)])))
        await bridge.settle()
        for (const stimulus of scenario) await bridge.deliver(stimulus)
        await bridge.settle()
        return origins
      },
    },
    {
      when: 'when every event comes again under another id',
      hint: seenTwice,
      holds: 'same',
      async play(bridge, scenario) {
        const origins: string[] = []
        for (const [position, stimulus] of scenario.entries()) {
          origins.push(...(await playCalmly(bridge, [stimulus, underAnotherId(stimulus, position)])))
        }
        return origins
      },
    },
    {
      when: 'when events come in the wrong order',
      hint: 'An event can come before the one it builds on: fetch what is missing, or do nothing, but do not fail as a bug.',
      holds: 'sound',
      play: (bridge, scenario) => playAtOnce(bridge, scenario.toReversed()),
    },
    {
      when: 'when events come three days late',
      hint: 'Use delivery.occurredAt for when it happened and delivery.receivedAt for when it came; never the clock.',
      holds: 'same',
      play: (bridge, scenario) =>
        playAtOnce(
          bridge,
          scenario.map((stimulus) =>
            'tick' in stimulus ? stimulus : { ...stimulus, occurredAt: new Date(Date.now() - 3 * 86_400_000).toISOString() },
          ),
        ),
    },
    faulted('when every first call is throttled', { kind: 'throttled', retryAfterSeconds: 1 }, 'all'),
    faulted('when every first call fails with 503', { kind: 'status', status: 503 }, 'all'),
    faulted('when the connection of every first call breaks', { kind: 'dropped' }, 'all'),
    faulted('when every first call gets no answer', { kind: 'no-answer' }, 'all'),
    faulted('when the answer to every first write is lost', { kind: 'lost-answer' }, 'writes'),
    {
      when: 'when the credentials expire and are renewed',
      hint: 'Do not catch CredentialFailure: the run waits for the customer and then goes on.',
      holds: 'same',
      play: (bridge, scenario) => playThroughExpiry(bridge, scenario, platforms),
    },
    {
      when: 'when the process dies before each effect',
      hint: retried,
      holds: 'same',
      play: prepared((bridge) => bridge.crashOnceAt('before-effect')),
    },
    {
      when: 'when the process dies between each effect and its record',
      hint: retried,
      holds: 'same',
      play: prepared((bridge) => bridge.crashOnceAt('after-effect')),
    },
  ]
}
