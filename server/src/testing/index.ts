export { openTestBridge } from './open-test-bridge.ts'
export { endTestBridges } from './test-server.ts'
