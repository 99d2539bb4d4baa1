import type { Command } from 'commander'
import { registerAgreements } from './agreements.ts'
import { registerApiKeys } from './api-keys.ts'
import { registerCalendar } from './calendar.ts'
import { registerConnections } from './connections.ts'
import { registerUsage } from './contract-registry.ts'
import { registerContracts } from './contracts.ts'
import { registerDeliveries } from './deliveries.ts'
import { registerDev } from './dev.ts'
import { registerDoctor } from './doctor/index.ts'
import { registerDrills } from './drills.ts'
import { registerEnablement } from './enablement.ts'
import { registerHours } from './hours.ts'
import { registerInit } from './init.ts'
import { registerInstances } from './instances.ts'
import { registerIntegrations } from './integrations.ts'
import type { Io } from './io.ts'
import { registerKeys } from './keys.ts'
import { registerMaintenance } from './maintenance.ts'
import { registerNotifications } from './notifications.ts'
import { registerPlan } from './plan.ts'
import { registerReadiness } from './readiness.ts'
import { registerReceipts } from './receipts.ts'
import { registerParked, registerReplay, registerRuns } from './runs.ts'
import { registerSandbox } from './sandbox.ts'
import { registerServiceLevels } from './service-levels.ts'
import { registerStart } from './start.ts'
import { registerSubscriptions } from './subscriptions.ts'
import { registerSweeps } from './sweeps.ts'
import { registerTypes } from './types.ts'
import { registerWebhookSecrets } from './webhook-secrets.ts'
import { registerWorkspace } from './workspace.ts'

/** Every command, in the order in which help lists them. */
const commands: readonly ((program: Command, io: Io) => void)[] = [
  registerStart,
  registerDev,
  registerDoctor,
  registerInit,
  registerTypes,
  registerSandbox,
  registerWorkspace,
  registerInstances,
  registerConnections,
  registerDeliveries,
  registerRuns,
  registerParked,
  registerReplay,
  registerSweeps,
  registerWebhookSecrets,
  registerApiKeys,
  registerKeys,
  registerContracts,
  registerUsage,
  registerCalendar,
  registerNotifications,
  registerSubscriptions,
  registerIntegrations,
  registerReadiness,
  registerServiceLevels,
  registerMaintenance,
  registerDrills,
  registerAgreements,
  registerEnablement,
  registerPlan,
  registerHours,
  registerReceipts,
]

export function registerCommands(program: Command, io: Io): void {
  for (const register of commands) register(program, io)
}
