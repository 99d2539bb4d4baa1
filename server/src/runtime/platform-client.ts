import type { Method } from '@bridgekeeper/sdk'
import { failPoint } from '../observation/index.ts'
import { errors } from './errors.ts'

/** One call as a flow makes it. */
export interface FlowCall {
  platform: string
  method: Method
  /** Templated: `/tickets/{id}`. */
  path: string
  pathParameters: Record<string, unknown>
  query: Record<string, unknown>
  headers: Record<string, string>
  body: unknown
}

export interface FlowAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
}

interface FlowRequest {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }
  headers?: Record<string, string>
  body?: unknown
}

/** Sends a call for a run; decides about steps, keys, recording. */
export type SendCall = (call: FlowCall) => Promise<FlowAnswer>

/** The client that a flow sees as `context.helpdesk`. Its functions are its own, so that a flow may take them out of it or spread it. */
export function createPlatformClient(platform: string, sendCall: SendCall) {
  const send = (method: Method, path: string, request: FlowRequest = {}): Promise<FlowAnswer> =>
    sendCall({
      platform,
      method,
      path,
      pathParameters: request.params?.path ?? {},
      query: request.params?.query ?? {},
      headers: request.headers ?? {},
      body: request.body,
    })
  const bodyOf = (method: Method) => async (path: string, request?: FlowRequest) => (await send(method, path, request)).body
  return {
    send,
    GET: bodyOf('GET'),
    HEAD: bodyOf('HEAD'),
    POST: bodyOf('POST'),
    PUT: bodyOf('PUT'),
    PATCH: bodyOf('PATCH'),
    DELETE: bodyOf('DELETE'),
  }
}

export function isWrite(method: Method): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** The step that is being executed, while its work runs. */
export interface OpenStep {
  name: string
  writes: number
}

/** @throws runtime.write_outside_step, runtime.several_writes_in_step */
export function admitWrite(flow: string, call: FlowCall, step: OpenStep | undefined): void {
  if (!step) throw errors.write_outside_step({ method: call.method, path: call.path, flow })
  step.writes += 1
  if (step.writes > 1) throw errors.several_writes_in_step({ step: step.name, flow })
  failPoint('step.before-effect')
}
