import type { Command } from 'commander'
import type { Io } from './io.ts'

type Register = (program: Command, io: Io) => void

/**
 * Every command, in the order in which help lists them. Each is loaded when it is asked for: all of them together take longer to load than
 * most take to run.
 */
const commands: Readonly<Record<string, () => Promise<Register>>> = {
  start: async () => (await import('./start.ts')).registerStart,
  dev: async () => (await import('./dev.ts')).registerDev,
  doctor: async () => (await import('./doctor/index.ts')).registerDoctor,
  init: async () => (await import('./init.ts')).registerInit,
  types: async () => (await import('./types.ts')).registerTypes,
  sandbox: async () => (await import('./sandbox.ts')).registerSandbox,
  workspace: async () => (await import('./workspace.ts')).registerWorkspace,
  instances: async () => (await import('./instances.ts')).registerInstances,
  connections: async () => (await import('./connections.ts')).registerConnections,
  circuits: async () => (await import('./circuits.ts')).registerCircuits,
  deliveries: async () => (await import('./deliveries.ts')).registerDeliveries,
  runs: async () => (await import('./runs.ts')).registerRuns,
  parked: async () => (await import('./runs.ts')).registerParked,
  replay: async () => (await import('./runs.ts')).registerReplay,
  sweeps: async () => (await import('./sweeps.ts')).registerSweeps,
  'webhook-secrets': async () => (await import('./webhook-secrets.ts')).registerWebhookSecrets,
  'api-keys': async () => (await import('./api-keys.ts')).registerApiKeys,
  keys: async () => (await import('./keys.ts')).registerKeys,
  contracts: async () => (await import('./contracts.ts')).registerContracts,
  usage: async () => (await import('./contract-registry.ts')).registerUsage,
  calendar: async () => (await import('./calendar.ts')).registerCalendar,
  notifications: async () => (await import('./notifications.ts')).registerNotifications,
  subscriptions: async () => (await import('./subscriptions.ts')).registerSubscriptions,
  integrations: async () => (await import('./integrations.ts')).registerIntegrations,
  readiness: async () => (await import('./readiness.ts')).registerReadiness,
  slo: async () => (await import('./service-levels.ts')).registerServiceLevels,
  maintenance: async () => (await import('./maintenance.ts')).registerMaintenance,
  drills: async () => (await import('./drills.ts')).registerDrills,
  canaries: async () => (await import('./drills.ts')).registerDrills,
  agreements: async () => (await import('./agreements.ts')).registerAgreements,
  enablement: async () => (await import('./enablement.ts')).registerEnablement,
  plan: async () => (await import('./plan.ts')).registerPlan,
  hours: async () => (await import('./hours.ts')).registerHours,
  receipts: async () => (await import('./receipts.ts')).registerReceipts,
}

/** @param parameters what was typed; only what can be meant by it is loaded. Left out: every command */
export async function registerCommands(program: Command, io: Io, parameters?: readonly string[]): Promise<void> {
  const loaded = await Promise.all(namesMeantBy(parameters).map((name) => commands[name]!()))
  // One file may bring two commands.
  for (const register of new Set(loaded)) register(program, io)
}

function namesMeantBy(parameters: readonly string[] | undefined): string[] {
  const all = Object.keys(commands)
  const [first] = parameters?.filter((word) => word !== '--json') ?? []
  if (first === '--version' || first === '-V') return []
  return first !== undefined && all.includes(first) ? [first] : all
}
