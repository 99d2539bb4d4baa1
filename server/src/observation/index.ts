export {
  circuitFailPoints,
  countingFailPoints,
  type FailPoint,
  failPoint,
  failPoints,
  pollFailPoints,
  tellingFailPoints,
} from './fail-point.ts'
export { createLog, type Log } from './log.ts'
export { createMetrics, type Metrics } from './metrics.ts'
export { contextOf, failSpan, startTraces, type Traces, traceIds, traceparentNow } from './traces.ts'
