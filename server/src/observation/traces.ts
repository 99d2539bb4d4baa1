import { type Context, context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

export interface Traces {
  /** Sends what waits and ends. Never throws: a collector that is away must not keep the program from stopping. */
  stop(): Promise<void>
}

/**
 * Sends traces to an OpenTelemetry collector when `OTEL_EXPORTER_OTLP_ENDPOINT` (or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) is set; the exporter
 * reads the other `OTEL_EXPORTER_OTLP_*` variables itself. Without it the SDK is not even loaded, and every span costs next to nothing.
 * A sender that asks not to be sampled (`traceparent` ending in `00`) is not.
 *
 * @returns undefined when nothing is sent
 */
export async function startTraces(env: Readonly<Record<string, string | undefined>>, version: string): Promise<Traces | undefined> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME ?? 'bridgekeeper', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  provider.register()
  return { stop: () => provider.shutdown().catch(() => {}) }
}

/** Where the trace of a delivery goes on, as it is stored beside it; undefined while nothing is traced. */
export function traceparentNow(): string | undefined {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent
}

/** @param traceparent as a sender or `traceparentNow` gave it; anything else begins a trace of its own */
export function contextOf(traceparent: string | undefined): Context {
  return traceparent === undefined ? context.active() : propagation.extract(context.active(), { traceparent })
}

/** Marks a span as failed. `type` is one of few words, for grouping. */
export function failSpan(span: Span, type: string): void {
  span.setAttribute('error.type', type)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** Ids by which a log line is found from its trace, in the names that OpenTelemetry gives them. */
export function traceIds(): { trace_id?: string; span_id?: string } {
  const found = trace.getActiveSpan()?.spanContext()
  return found ? { trace_id: found.traceId, span_id: found.spanId } : {}
}
