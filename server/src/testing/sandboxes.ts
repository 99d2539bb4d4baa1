import type { Fault } from '@bridgekeeper/sdk/testing'
import { type FaultInput, type RunningSandbox, startSandbox } from '../sandbox/index.ts'
import type { Platform, Workspace } from '../workspace/index.ts'
import { whenIdle } from './test-server.ts'

/** Large contracts take a second to learn, so a sandbox serves one test after the other, emptied between them. */
const idle = new Map<string, RunningSandbox[]>()

type Records = Record<string, Record<string, unknown> | Record<string, unknown>[]>

/** A sandbox with nothing in it but the seed, and no faults. @throws what `startSandbox` throws */
export async function borrowSandbox(
  workspace: Workspace,
  platform: Platform,
  seed: Records,
): Promise<{ sandbox: RunningSandbox; giveBack(): void }> {
  const { contract } = platform.spec
  if (!contract)
    throw new Error(`platform ${platform.metadata.name} names no contract, so there can be no sandbox of it: add spec.contract.file`)
  const file = workspace.fileOf(platform, contract.file)
  const key = `${file} ${JSON.stringify(seed)}`
  const sandbox = idle.get(key)?.pop() ?? (await start(file, seed))
  sandbox.state.reset()
  sandbox.faults.clear()
  return { sandbox, giveBack: () => void idle.set(key, [...(idle.get(key) ?? []), sandbox]) }
}

async function start(contract: string, fixtures: Records): Promise<RunningSandbox> {
  const sandbox = await startSandbox({ contract, fixtures, clock: 'real', autoCreateParents: true, logSize: 100_000 })
  whenIdle(async () => {
    idle.clear()
    await sandbox.stop()
  })
  return sandbox
}

/** Lets the first call of each operation that the platform's file lists meet the fault. */
export function faultFirstCalls(sandbox: RunningSandbox, platform: Platform, fault: Fault, calls: 'all' | 'writes'): void {
  const listed = platform.spec.contract?.operations?.map((operation) => operation.split(' ') as [string, string])
  const operations = listed ?? sandbox.contract.operations.map(({ method, path }) => [method, path] as const)
  for (const [method, path] of operations) {
    if (calls === 'writes' && /^(get|head)$/i.test(method)) continue
    sandbox.faults.add({ ...ruleOf(fault), method, path, times: 1 })
  }
}

function ruleOf(fault: Fault): FaultInput {
  switch (fault.kind) {
    case 'status':
      return { kind: 'status', status: fault.status }
    case 'throttled':
      return { kind: 'throttle', retryAfterSec: fault.retryAfterSeconds }
    case 'dropped':
      return { kind: 'drop-connection' }
    case 'no-answer':
      return { kind: 'timeout', after: 'nothing', ms: 200 }
    case 'lost-answer':
      return { kind: 'lost-answer' }
  }
}
