import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../sandbox/index.ts'
import { loadWorkspace, nearest, type Platform, type WebhookScheme } from '../workspace/index.ts'
import type { Io } from './io.ts'
import { registerSandboxControl } from './sandbox-control.ts'

const defaultPort = 4600

interface StartFlags {
  port: string
  seed: string
  records?: string
  realClock?: boolean
  autoCreateParents?: boolean
  bounded?: boolean
  webhooks?: string
  secret?: string
}

/**
 * `bridgekeeper sandbox …`: stand-ins for platforms.
 *
 * @param stop ends `sandbox start`; by default Ctrl-C and SIGTERM do
 */
export function registerSandbox(program: Command, io: Io, stop?: AbortSignal): void {
  const sandbox = program
    .command('sandbox')
    .summary('run a stand-in for a platform, and make it fail')
    .description(
      `A sandbox is a real HTTP server made from a platform's OpenAPI document: it remembers what is written, checks every request against the contract, honours idempotency keys, sends signed webhooks and fails on demand. Ids, times and bytes follow from the seed.`,
    )
  registerStartSandbox(sandbox, io, stop)
  registerSandboxControl(sandbox, io, `http://127.0.0.1:${defaultPort}`)
}

function registerStartSandbox(parent: Command, io: Io, stop: AbortSignal | undefined): void {
  parent
    .command('start')
    .summary('start a sandbox and stay until Ctrl-C')
    .description(
      `Takes a Platform of the workspace by name, or an OpenAPI 3 document (JSON or YAML).

Examples:
  bridgekeeper sandbox start helpdesk
  bridgekeeper sandbox start ./openapi.yaml --port 5000 --seed 7 --records 10
  bridgekeeper sandbox start github --auto-create-parents --real-clock
  bridgekeeper sandbox start helpdesk --webhooks http://127.0.0.1:3000/in/helpdesk --secret whsec_…`,
    )
    .argument('<platform or file>')
    .option('--port <port>', '0 takes any free one', String(defaultPort))
    .option('--seed <seed>', 'the same seed gives the same ids, times and bytes', '1')
    .option('--records <count>', 'start with so many made-up records in each list')
    .option('--real-clock', 'times of this machine; polls with a cursor of real times need it')
    .option('--auto-create-parents', 'make the repository when somebody writes an issue into it')
    .option('--bounded', 'keep only the newest records: flat memory under load')
    .option('--webhooks <url>', 'send signed webhooks there; needs --secret, and the scheme of a Platform file')
    .option('--secret <secret>', 'signs the webhooks')
    .action(async (name: string, flags: StartFlags, command: Command) => {
      const target = await findContract(name, command.optsWithGlobals().workspace ?? io.cwd)
      if (target === undefined) return refuse(io, `${name} is neither a file nor a platform of the workspace${await suggestion(name, io)}.`)
      const webhooks = webhooksOf(target.platform, flags)
      if (typeof webhooks === 'string') return refuse(io, webhooks)
      const running = await startSandbox({
        ...optionsOf(flags),
        contract: target.file,
        ...(webhooks ? { webhooks } : {}),
        ...idempotencyOf(target.platform),
      })
      try {
        if (flags.records) running.state.populate(Number(flags.records))
        announce(io, running, flags.records !== undefined)
        await stopped(stop ?? onSignals())
      } finally {
        await running.stop()
      }
    })
}

interface Target {
  file: string
  platform: Platform | undefined
}

async function findContract(name: string, folder: string): Promise<Target | undefined> {
  const file = resolve(folder, name)
  if (/\.(json|ya?ml)$/i.test(name) && existsSync(file)) return { file, platform: undefined }
  const { workspace } = await loadWorkspace(folder)
  const platform = workspace.platforms.get(name)
  const contract = platform?.spec.contract
  return platform && contract ? { file: workspace.fileOf(platform, contract.file), platform } : undefined
}

async function suggestion(name: string, io: Io): Promise<string> {
  const { workspace } = await loadWorkspace(io.cwd)
  const names = [...workspace.platforms.values()].filter(({ spec }) => spec.contract).map(({ metadata }) => metadata.name)
  const near = nearest(name, names)
  if (near) return `; did you mean ${near}`
  return names.length > 0 ? `; its platforms with a contract are ${names.join(', ')}` : '; it has no platform with a contract'
}

function optionsOf(flags: StartFlags): Omit<SandboxOptions, 'contract'> {
  return {
    port: Number(flags.port),
    seed: flags.seed,
    clock: flags.realClock ? 'real' : 'seeded',
    autoCreateParents: flags.autoCreateParents ?? false,
    keepState: flags.bounded ? 'bounded' : 'all',
  }
}

/** A sentence when the flags do not fit together. */
function webhooksOf(platform: Platform | undefined, { webhooks: url, secret }: StartFlags): SandboxOptions['webhooks'] | string {
  if (url === undefined) return undefined
  const scheme: WebhookScheme | undefined = platform?.spec.webhooks?.verification
  if (!scheme)
    return 'Webhooks are signed by the scheme of a Platform file, and there is none here. Start the sandbox by the name of a platform whose file has spec.webhooks.'
  if (secret === undefined) return 'Webhooks need --secret, the one that the receiver checks with.'
  return { url, secret, scheme }
}

function idempotencyOf(platform: Platform | undefined): Pick<SandboxOptions, 'idempotencyHeader'> {
  const idempotency = platform?.spec.idempotency
  if (idempotency?.kind === 'header') return { idempotencyHeader: idempotency.header }
  return idempotency?.kind === 'none' ? { idempotencyHeader: 'none' } : {}
}

function announce(io: Io, sandbox: RunningSandbox, hasRecords: boolean): void {
  const { title, version, operations } = sandbox.contract
  const records = Object.values(sandbox.state.counts()).reduce((sum, count) => sum + count, 0)
  if (io.json) {
    io.printJson({ url: sandbox.url, title, version, operations: operations.length, seed: sandbox.seed, records })
    return
  }
  io.print(
    `${io.bold(title)} ${version}: ${operations.length} operations at ${io.bold(sandbox.url)}${hasRecords ? `, ${records} records` : ''}, seed ${sandbox.seed}`,
  )
  const url = sandbox.port === defaultPort ? '' : ` --url ${sandbox.url}`
  io.note(`Make it fail:  bridgekeeper sandbox faults add throttle retryAfterSec=5 times=3${url}`)
  io.note(`See inside:    bridgekeeper sandbox state${url}`)
  io.note('Ctrl-C stops it.')
}

function refuse(io: Io, message: string): void {
  io.exitCode = 2
  if (io.json) io.printJson({ error: { message } })
  else io.note(message)
}

function onSignals(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}

const stopped = (stop: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (stop.aborted) resolve()
    else stop.addEventListener('abort', () => resolve(), { once: true })
  })
