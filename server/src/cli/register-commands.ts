import type { Command } from 'commander'
import { registerContracts } from './contracts.ts'
import { registerDeliveries } from './deliveries.ts'
import { registerHours } from './hours.ts'
import { registerInit } from './init.ts'
import { registerInstances } from './instances.ts'
import type { Io } from './io.ts'
import { registerPlan } from './plan.ts'
import { registerParked, registerReplay, registerRuns } from './runs.ts'
import { registerStart } from './start.ts'
import { registerTypes } from './types.ts'
import { registerWorkspace } from './workspace.ts'

/** Every command, in the order in which help lists them. */
export function registerCommands(program: Command, io: Io): void {
  registerStart(program, io)
  registerInit(program, io)
  registerTypes(program, io)
  registerWorkspace(program, io)
  registerPlan(program, io)
  registerHours(program, io)
  registerInstances(program, io)
  registerContracts(program, io)
  registerDeliveries(program, io)
  registerRuns(program, io)
  registerParked(program, io)
  registerReplay(program, io)
}
