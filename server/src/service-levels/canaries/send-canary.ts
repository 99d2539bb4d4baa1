import { setTimeout as delay } from 'node:timers/promises'
import { type Executor, uuidv7 } from '../../database/index.ts'
import { composeDelivery } from '../../webhooks/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import type { CanaryPlan } from './canary-plan.ts'
import { fillPayload } from './canary-plan.ts'
import type { CanarySecrets } from './canary-secrets.ts'
import { findCanaryInstance, readDeliveryProgress } from './queries.ts'

export interface CanaryOutcome {
  outcome: 'succeeded' | 'failed'
  /** When it was sent. */
  at: Date
  detail: string
}

export interface SendParts {
  executor: Executor
  workspace(): Workspace
  secrets: CanarySecrets
  /** Origin of the ingress. */
  ingressUrl(): string
  /** So that calls of the last moment are there to be seen. */
  flushCalls(): Promise<void>
  /** Aborts what waits when the program stops. */
  signal?: AbortSignal
}

const lookEveryMs = 200
/** Another process may take a second to hear of a new secret. */
const secretKnownAfterMs = 1_500

/**
 * Sends one canary through the ingress as its platform would, signed, and follows it to the other end. Never throws for what the canary
 * finds: that is its outcome.
 */
export async function sendCanary(parts: SendParts, plan: CanaryPlan): Promise<CanaryOutcome> {
  const at = new Date()
  const failed = (detail: string): CanaryOutcome => ({ outcome: 'failed', at, detail })
  const { canary } = plan
  const instance = await findCanaryInstance(parts.executor, plan.integration.metadata.name, canary.instance)
  if (!instance) return failed(`instance ${canary.instance} is not installed; add it with: bridgekeeper instances add --synthetic`)
  if (!instance.synthetic) return failed(`instance ${canary.instance} is a customer's: a canary crosses only a synthetic one`)
  if (instance.state !== 'active') return failed(`instance ${canary.instance} is ${instance.state}`)
  const deadline = at.getTime() + plan.withinMs
  const sent = await post(parts, plan, instance.key, deadline)
  if ('problem' in sent) return failed(sent.problem)
  return follow(parts, plan, sent.delivery, at, deadline)
}

async function post(
  { workspace, secrets, ingressUrl, signal }: SendParts,
  { canary }: CanaryPlan,
  key: string,
  deadline: number,
): Promise<{ delivery: string } | { problem: string }> {
  const platform = workspace().platforms.get(canary.platform)
  if (!platform?.spec.webhooks) return { problem: `platform ${canary.platform} sends no webhooks` }
  const url = `${ingressUrl()}/webhooks/${canary.platform}/${key}`
  const secret = await secrets.of(canary.platform, key)
  const id = `canary-${uuidv7()}`
  const payload = fillPayload(canary.payload, { id, now: new Date().toISOString() })
  for (let attempt = 1; ; attempt += 1) {
    const { headers, body } = composeDelivery(platform, { event: canary.event, payload }, id, { url, secret })
    let response: Response
    try {
      response = await fetch(url, {
        method: 'POST',
        headers,
        body: Buffer.from(body),
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(Math.max(1, deadline - Date.now())), ...(signal ? [signal] : [])]),
      })
      await response.arrayBuffer()
    } catch (error) {
      return { problem: `the ingress cannot be reached: ${(error as Error).message}` }
    }
    const delivery = response.headers.get('bridgekeeper-delivery')
    if (response.ok && delivery) return { delivery }
    if (response.status !== 401 || attempt > 1) return { problem: `the ingress answered ${response.status}` }
    await delay(secretKnownAfterMs, undefined, signal ? { signal } : {})
  }
}

/** Looks until every run of the delivery has ended and the effect is seen, or time is up. */
async function follow(
  { executor, flushCalls, signal }: SendParts,
  { canary: { effect, within } }: CanaryPlan,
  delivery: string,
  at: Date,
  deadline: number,
): Promise<CanaryOutcome> {
  const wanted = effect && `${effect.platform} ${effect.operation}`
  for (;;) {
    await flushCalls()
    const { route, problem, succeeded, unfinished, failure, done } = await readDeliveryProgress(executor, delivery)
    if (failure !== null) return { outcome: 'failed', at, detail: `a run was ${failure}`.slice(0, 2_000) }
    const ended = route !== null && unfinished === 0
    if (ended && succeeded === 0) return { outcome: 'failed', at, detail: `no run came of the event: ${problem ?? route}` }
    if (ended && (wanted === undefined || done.includes(wanted)))
      return {
        outcome: 'succeeded',
        at,
        detail: `crossed in ${Date.now() - at.getTime()} ms${wanted === undefined ? '' : `; ${wanted} succeeded`}`,
      }
    if (Date.now() > deadline) {
      const missing = ended ? `its runs succeeded, and nobody saw ${wanted} succeed` : 'its runs have not ended'
      return { outcome: 'failed', at, detail: `not through within ${within}: ${missing}` }
    }
    await delay(lookEveryMs, undefined, signal ? { signal } : {})
  }
}
