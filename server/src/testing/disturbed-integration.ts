import { type Integration, type Method, RetryableFailure } from '@bridgekeeper/sdk'

/** A write that a flow made, whatever became of it. */
export interface FlowWrite {
  platform: string
  method: string
  /** Templated. */
  path: string
  pathParameters: Readonly<Record<string, string>>
  body: unknown
  origin: string
  lane: string
  /** `undefined` while there is none. */
  answer: unknown
}

/** What is done to executions on purpose. */
export interface Disturbances {
  crashAt: 'before-effect' | 'after-effect' | undefined
  replayAlways: boolean
}

interface Tools {
  event?: unknown
  delivery?: { id: string }
  step(name: string, work: () => unknown): Promise<unknown>
  [name: string]: unknown
}

/**
 * The integration with eyes and pitfalls: the flows are the author's own, run by the real runtime; what they call is written down, and
 * their executions end where the disturbances say. An ended execution is a retryable failure, which the runtime begins again from the journal,
 * exactly as it does after a lost lease.
 */
export function disturbedIntegration(integration: Integration, disturbances: Disturbances, writes: FlowWrite[]): Integration {
  const crashed = new Set<string>()
  const flows = Object.entries(integration.flows).map(([name, flow]) => {
    const run = (context: Tools) => {
      const origin = context.delivery?.id ?? `tick ${name}`
      const lane = flow.kind === 'on' ? JSON.stringify(flow.lane(context.event)) : origin
      const clients = Object.fromEntries(
        Object.entries(integration.platforms).map(([key, platform]) => [
          key,
          watchedClient(context[key] as Client, { platform: platform.name, origin, lane }, writes),
        ]),
      )
      const step = endingStep(context.step, (point, stepName) => {
        const place = `${origin} ${name} ${stepName}`
        if (disturbances.crashAt !== point || crashed.has(place)) return false
        crashed.add(place)
        return true
      })
      return flow.run({ ...context, ...clients, step: disturbances.replayAlways ? replayingStep(step) : step } as never)
    }
    return [name, { ...flow, run }] as const
  })
  return { ...integration, flows: Object.fromEntries(flows) as Integration['flows'] }
}

type Step = Tools['step']
const endOfExecution = () => new RetryableFailure('the execution ends here on purpose and begins again', { afterMs: 0 })

function endingStep(step: Step, endsAt: (point: 'before-effect' | 'after-effect', name: string) => boolean): Step {
  return (name, work) =>
    step(name, async () => {
      if (endsAt('before-effect', name)) throw endOfExecution()
      const result = await work()
      if (endsAt('after-effect', name)) throw endOfExecution()
      return result
    })
}

function replayingStep(step: Step): Step {
  return async (name, work) => {
    let isNew = false
    const result = await step(name, () => {
      isNew = true
      return work()
    })
    if (isNew) throw endOfExecution()
    return result
  }
}

interface Request {
  params?: { path?: Record<string, unknown> }
  body?: unknown
}
type Client = Record<string, (...words: unknown[]) => Promise<unknown>>

const writing: readonly Method[] = ['POST', 'PUT', 'PATCH', 'DELETE']

function watchedClient(client: Client, at: Pick<FlowWrite, 'platform' | 'origin' | 'lane'>, writes: FlowWrite[]): Client {
  const watch = async (
    method: string,
    path: string,
    request: Request | undefined,
    call: () => Promise<unknown>,
    bodyOf: (answer: unknown) => unknown,
  ) => {
    const pathParameters = Object.fromEntries(Object.entries(request?.params?.path ?? {}).map(([name, value]) => [name, String(value)]))
    const write: FlowWrite = { ...at, method, path, pathParameters, body: request?.body, answer: undefined }
    writes.push(write)
    const answer = await call()
    write.answer = bodyOf(answer)
    return answer
  }
  const watched = writing.map((method) => [
    method,
    (path: string, request?: Request) =>
      watch(
        method,
        path,
        request,
        () => client[method]!(path, request),
        (answer) => answer,
      ),
  ])
  const send = (method: Method, path: string, request?: Request) =>
    writing.includes(method)
      ? watch(
          method,
          path,
          request,
          () => client.send!(method, path, request),
          (answer) => (answer as { body: unknown }).body,
        )
      : client.send!(method, path, request)
  return { ...client, ...Object.fromEntries(watched), send } as Client
}
