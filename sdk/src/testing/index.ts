export type * from './bridge.ts'
export { ConformanceError } from './judge.ts'
export type { Runner } from './runner.ts'
export { type ConformanceOptions, received, testIntegration, tick } from './test-integration.ts'
