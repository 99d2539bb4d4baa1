import { context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api'
import { failSpan } from '../observation/index.ts'
import type { GatewayCall } from './call.ts'
import type { WireRequest } from './exchange.ts'

const tracer = trace.getTracer('bridgekeeper.gateway')

/** Begins a client span (OpenTelemetry HTTP conventions) and puts its context into the request's headers. Costs next to nothing without an SDK. */
export function startClientSpan(call: GatewayCall, request: WireRequest, callId: string): Span {
  const span = tracer.startSpan(`${call.method} ${call.path}`, { kind: SpanKind.CLIENT })
  if (!span.isRecording()) return span
  const { hostname, port, protocol } = new URL(request.origin)
  span.setAttributes({
    'http.request.method': call.method,
    'url.template': call.path,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    'bridgekeeper.platform': call.platform,
    'bridgekeeper.connection.id': call.connectionId,
    'bridgekeeper.call.id': callId,
  })
  propagation.inject(trace.setSpan(context.active(), span), request.headers)
  return span
}

export function endClientSpan(span: Span, status: number | undefined, outcome: string): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  if (outcome !== 'ok') failSpan(span, outcome)
  span.end()
}
