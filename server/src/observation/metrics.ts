import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** All metrics of one process. One registry per server, so that tests can run several in a process. */
export interface Metrics {
  readonly registry: Registry
  deliveries: Counter<'source' | 'outcome'>
  acceptSeconds: Histogram<'source'>
  acceptBatchSize: Histogram<string>
  runs: Counter<'integration' | 'flow' | 'outcome'>
  runSeconds: Histogram<'integration' | 'flow'>
  lagSeconds: Histogram<'integration' | 'flow'>
  calls: Counter<'platform' | 'outcome'>
  callSeconds: Histogram<'platform'>
  callRecordsDropped: Counter<string>
  driftSamples: Counter<'outcome'>
  parked: Gauge<'kind'>
  invariantViolations: Counter<'invariant'>
}

const latencyBucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const lagBucketsSeconds = [0.005, 0.015, 0.06, 0.25, 1, 5, 30, 120, 600, 3600, 21_600, 86_400]

/** @param withProcess also report memory, event loop and CPU of the process (off in tests: it keeps timers alive) */
export function createMetrics({ withProcess = false } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (withProcess) collectDefaultMetrics({ register: registry, prefix: 'bridgekeeper_' })
  return {
    registry,
    deliveries: new Counter({
      name: 'bridgekeeper_deliveries_total',
      help: 'Webhook deliveries by outcome of the ingress.',
      labelNames: ['source', 'outcome'],
      registers,
    }),
    acceptSeconds: new Histogram({
      name: 'bridgekeeper_accept_seconds',
      help: 'From the first byte of a delivery to its durable acknowledgement.',
      labelNames: ['source'],
      buckets: latencyBucketsSeconds,
      registers,
    }),
    acceptBatchSize: new Histogram({
      name: 'bridgekeeper_accept_batch_size',
      help: 'Deliveries committed together.',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500],
      registers,
    }),
    runs: new Counter({
      name: 'bridgekeeper_runs_total',
      help: 'Attempts of runs by outcome.',
      labelNames: ['integration', 'flow', 'outcome'],
      registers,
    }),
    runSeconds: new Histogram({
      name: 'bridgekeeper_run_seconds',
      help: 'Duration of one attempt of a run.',
      labelNames: ['integration', 'flow'],
      buckets: latencyBucketsSeconds,
      registers,
    }),
    lagSeconds: new Histogram({
      name: 'bridgekeeper_lag_seconds',
      help: 'From receipt of a delivery to the commit of its effects.',
      labelNames: ['integration', 'flow'],
      buckets: lagBucketsSeconds,
      registers,
    }),
    calls: new Counter({
      name: 'bridgekeeper_calls_total',
      help: 'Outbound calls by outcome.',
      labelNames: ['platform', 'outcome'],
      registers,
    }),
    callSeconds: new Histogram({
      name: 'bridgekeeper_call_seconds',
      help: 'Duration of outbound calls.',
      labelNames: ['platform'],
      buckets: latencyBucketsSeconds,
      registers,
    }),
    callRecordsDropped: new Counter({
      name: 'bridgekeeper_call_records_dropped_total',
      help: 'Call records that were not written because the writer was full.',
      registers,
    }),
    driftSamples: new Counter({
      name: 'bridgekeeper_drift_samples_total',
      help: 'Answers and webhooks chosen to be held against the contract, by what became of them.',
      labelNames: ['outcome'],
      registers,
    }),
    parked: new Gauge({
      name: 'bridgekeeper_parked_runs',
      help: 'Runs that wait for a person or an event.',
      labelNames: ['kind'],
      registers,
    }),
    invariantViolations: new Counter({
      name: 'bridgekeeper_invariant_violations_total',
      help: 'Unfinished work that nothing would have picked up, found and mended by the checker.',
      labelNames: ['invariant'],
      registers,
    }),
  }
}
