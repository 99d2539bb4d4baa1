import { type Connections, type Polling, startPolling } from '../../connections/index.ts'
import type { Database } from '../../database/index.ts'
import type { Log } from '../../observation/index.ts'
import { reportCanary } from '../../readiness/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { type CanaryPlan, canaryPlans } from './canary-plan.ts'
import { createCanarySecrets } from './canary-secrets.ts'
import { claimDueCanaries, scheduleCanary } from './queries.ts'
import { type CanaryOutcome, sendCanary } from './send-canary.ts'

export interface CanariesParts {
  database: Database
  workspace(): Workspace
  connections: Connections
  /** Origin of the ingress. */
  ingressUrl(): string
  flushCalls(): Promise<void>
  log: Log
  everyMs?: number
}

export interface Canaries {
  /** Sends one now, waits for its outcome and records it. */
  run(plan: CanaryPlan, by: string): Promise<CanaryOutcome>
  /** Sends what is due; resolves when it is recorded. */
  sendDue(): Promise<void>
  /** From now on those that are due are sent by themselves. */
  start(): void
  stop(): Promise<void>
}

const lookEveryMs = 5_000
const atOnce = 4
/** How long a canary is held beyond the time that it may take. */
const leaseMarginMs = 30_000

/** Sends the declared canaries, by hand and, once started, each as often as its file says and by one process at a time. */
export function createCanaries(parts: CanariesParts): Canaries {
  const { database, workspace, log } = parts
  const secrets = createCanarySecrets(parts.connections)
  const stopping = new AbortController()
  const run = async (plan: CanaryPlan, by: string): Promise<CanaryOutcome> => {
    const sending = { ...parts, executor: database.executor, secrets, signal: stopping.signal }
    const found = await sendCanary(sending, plan)
    await reportCanary(database.executor, plan.integration, { ...found, scenario: plan.scenario, reportedBy: by }, new Date())
    if (found.outcome === 'failed')
      log.warn({ integration: plan.integration.metadata.name, scenario: plan.scenario, ...found }, 'a canary failed')
    return found
  }
  const sendDue = async (): Promise<void> => {
    const planned = canaryPlans(workspace()).flatMap((plan) => (plan.everyMs === undefined ? [] : [{ ...plan, everyMs: plan.everyMs }]))
    if (planned.length === 0) return
    const named = (plan: CanaryPlan) => ({ integration: plan.integration.metadata.name, scenario: plan.scenario })
    const due = await claimDueCanaries(
      database,
      planned.map((plan) => ({ ...named(plan), leaseMs: plan.withinMs + leaseMarginMs })),
      atOnce,
    )
    await Promise.all(
      due.map(async (name) => {
        const plan = planned.find((one) => one.integration.metadata.name === name.integration && one.scenario === name.scenario)!
        await run(plan, 'bridgekeeper')
        await scheduleCanary(database.executor, name, plan.everyMs)
      }),
    )
  }
  let polling: Polling | undefined
  const onError = (err: unknown): void => {
    if (!stopping.signal.aborted) log.warn({ err }, 'canaries could not be sent; trying again')
  }
  return {
    run,
    sendDue,
    start() {
      polling ??= startPolling(parts.everyMs ?? lookEveryMs, onError, sendDue)
    },
    async stop() {
      stopping.abort()
      await polling?.stop()
      await secrets.end()
    },
  }
}
