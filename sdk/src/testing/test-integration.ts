import type { Integration } from '../integration.ts'
import type { PayloadOf, Trigger } from '../platform.ts'
import type { OpenTestBridge, SeedRecord, Stimulus, TestBridge } from './bridge.ts'
import { type Disturbance, disturbances, playCalmly } from './disturbances.ts'
import { ConformanceError, differenceProblems, hintOfCalm, type Outcome, observe, soundnessProblems } from './judge.ts'
import { findRunner, type Runner } from './runner.ts'

export interface ConformanceOptions {
  /** The folder of the workspace: `import.meta.dirname`. */
  workspace: string
  /** Settings of the instance under test. */
  settings?: unknown
  /** Records that the sandboxes hold from the start, by platform. */
  seed?: Record<string, readonly SeedRecord[]>
  /** By a sentence that says what happens. Each must have at least one effect, or it proves nothing. */
  scenarios: Record<string, readonly Stimulus[]>
  /** Sentences of disturbances that this integration does not claim to hold under; by reason. Each is still played, and must
   *  still fail: a gap that has closed is to be removed here. */
  except?: Record<string, string>
  /** Left out: the runner of the file that calls. */
  runner?: Runner
  /** Left out: the server of the package `bridgekeeper`. */
  openBridge?: OpenTestBridge
  /** For one test; default 60,000. */
  timeoutMs?: number
}

/** An event for a scenario, typed by its trigger. */
export function received<T extends Trigger>(
  trigger: T,
  payload: PayloadOf<T>,
  details: { id?: string; occurredAt?: string } = {},
): Stimulus {
  return { platform: trigger.platform, event: trigger.event, payload, ...details }
}

/** A run of an `every` flow for a scenario. */
export function tick(flow: string): Stimulus {
  return { tick: flow }
}

/**
 * Registers the conformance suite in the author's test runner: each scenario is played undisturbed first, and then under everything that
 * production does to an integration. Under each, no effect is lost, none happens twice, every meter counts once, nothing is stuck, and each
 * lane keeps its order. Runs the real server on throw-away sandboxes; nothing leaves the machine.
 *
 *     await testIntegration(integration, {
 *       workspace: import.meta.dirname,
 *       scenarios: { 'a labelled issue opens a ticket': [received(github.webhook('issues.labeled'), payload)] },
 *     })
 */
export async function testIntegration(integration: Integration, options: ConformanceOptions): Promise<void> {
  const runner = options.runner ?? (await findRunner())
  const all = disturbances(Object.values(integration.platforms).map(({ name }) => name))
  const unknown = Object.keys(options.except ?? {}).filter((when) => !all.some((disturbance) => disturbance.when === when))
  if (unknown.length > 0)
    throw new Error(
      `except: there is no disturbance ${JSON.stringify(unknown[0])}; there are ${all.map(({ when }) => JSON.stringify(when)).join(', ')}`,
    )
  const server = options.openBridge ? { openTestBridge: options.openBridge } : await findServer()
  runner.describe(`${integration.name} ${integration.version} conforms`, () => {
    runner.after?.(async () => server.endTestBridges?.())
    for (const [sentence, scenario] of Object.entries(options.scenarios)) {
      runner.describe(sentence, () =>
        registerScenario(runner, integration, { ...options, openBridge: server.openTestBridge }, scenario, all),
      )
    }
  })
}

function registerScenario(
  runner: Runner,
  integration: Integration,
  options: PreparedOptions,
  scenario: readonly Stimulus[],
  all: readonly Disturbance[],
): void {
  const numbered = scenario.map(
    (stimulus, position): Stimulus => ('tick' in stimulus || stimulus.id ? stimulus : { ...stimulus, id: `event-${position}` }),
  )
  let calm: Promise<Outcome> | undefined
  const expected = () => (calm ??= withBridge(integration, options, (bridge) => playAndObserve(bridge, numbered, playCalmly)))
  const timeoutMs = options.timeoutMs ?? 60_000

  runner.it('has effects, and ends', async () => judgeCalm(await expected()), timeoutMs)
  for (const disturbance of all) {
    const claim =
      disturbance.holds === 'same' ? `keeps every effect, once, ${disturbance.when}` : `is never stuck or out of order ${disturbance.when}`
    const check = async () => {
      const found = await withBridge(integration, options, (bridge) => playAndObserve(bridge, numbered, disturbance.play))
      judge(disturbance, found, await expected())
    }
    const gap = options.except?.[disturbance.when]
    if (gap === undefined) runner.it(claim, check, timeoutMs)
    else runner.it(`known gap, not: ${claim}: ${gap}`, () => expectFailure(disturbance, check), timeoutMs)
  }
}

/** A gap that has closed must not stay on the list. */
async function expectFailure({ when }: Disturbance, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } catch (error) {
    if (error instanceof ConformanceError) return
    throw error
  }
  throw new Error(`it holds ${when} now: remove ${JSON.stringify(when)} from except`)
}

function judgeCalm(outcome: Outcome): void {
  const none = outcome.effects.length === 0 ? ['it had no effect at all'] : []
  const problems = [...soundnessProblems(outcome), ...none]
  if (problems.length > 0) throw new ConformanceError('the undisturbed scenario', problems, hintOfCalm(outcome))
}

function judge(disturbance: Disturbance, found: Outcome, expected: Outcome): void {
  const problems = [...soundnessProblems(found), ...(disturbance.holds === 'same' ? differenceProblems(found, expected) : [])]
  if (problems.length === 0) return
  // The disturbance has not caused what happens without it, too.
  const calmParks = expected.runs.some(({ state }) => state === 'parked')
  throw new ConformanceError(disturbance.when, problems, calmParks ? `Undisturbed, too: ${hintOfCalm(expected)}` : disturbance.hint)
}

async function playAndObserve(bridge: TestBridge, scenario: readonly Stimulus[], play: Disturbance['play']): Promise<Outcome> {
  return observe(bridge, await play(bridge, scenario))
}

type PreparedOptions = ConformanceOptions & { openBridge: OpenTestBridge }

async function withBridge<T>(integration: Integration, options: PreparedOptions, work: (bridge: TestBridge) => Promise<T>): Promise<T> {
  const { workspace, settings = {}, seed = {} } = options
  const bridge = await options.openBridge({ integration, workspace, settings, seed })
  try {
    return await work(bridge)
  } finally {
    await bridge.close()
  }
}

interface TestServer {
  openTestBridge: OpenTestBridge
  /** Ends at once what bridges share. */
  endTestBridges?(): Promise<void>
}

/** The server is not a dependency of this package; an author who tests has it installed. */
async function findServer(): Promise<TestServer> {
  try {
    return await import(['bridgekeeper', 'testing'].join('/'))
  } catch (error) {
    throw new Error('testIntegration needs the server that it tests against: npm install --save-dev bridgekeeper', { cause: error })
  }
}
