export { openTestBridge } from './open-test-bridge.ts'
