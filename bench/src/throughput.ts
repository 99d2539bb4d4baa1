/**
 * From signed POST to effect, with journal and meter, everything on one machine: sender, bridge, PostgreSQL and partner share its cores.
 * Prints throughput, latency, memory, CPU per event, lost and doubled effects, and the floor: the queue engine with one HTTP call and no
 * product around it.
 *
 * Usage: throughput.ts [--full]   (--full: 200,000 events of backlog and 5,000 instances instead of a tenth of both)
 */
import { setTimeout as delay } from 'node:timers/promises'
import { generateKey } from '../../server/src/connections/index.ts'
import { type BenchDatabase, openSender, type Spawned, spawnScript, startBenchDatabase } from './processes.ts'

const full = process.argv.includes('--full')
const backlog = full ? 200_000 : 20_000
const manyInstances = full ? 5_000 : 500
/** As many as V8 needs until it has compiled what is used most: a bridge that has just started takes a third more time per event. */
const warmUp = 20_000

interface Round {
  name: string
  perSecond: number
  p50Ms: number
  p99Ms: number
  bridgeCpuMs: number
  databaseCpuMs: number
  rssMb: number
  lost: number
  doubled: number
}

/** A bridge as one process, or as an ingress and a worker. */
interface Bridge {
  url: string
  /** Of all its processes together. */
  usage(): Promise<Usage>
  stop(): Promise<void>
}

interface Usage {
  rssBytes: number
  cpuMs: number
}

async function startBridge(env: Record<string, string>, roles: readonly string[]): Promise<Bridge> {
  const key = generateKey(new Date())
  const processes: Spawned[] = []
  const urls: string[] = []
  for (const role of roles) {
    const started = spawnScript('bridge-server.ts', { ...env, ROLE: role, KEY: key })
    processes.push(started)
    urls.push((await started.line<{ url: string }>()).url)
  }
  return {
    url: urls[0]!,
    usage: async () => {
      const usages = await Promise.all(
        processes.map(({ process, line }) => {
          process.kill('SIGUSR2')
          return line<Usage>()
        }),
      )
      return usages.reduce((sum, one) => ({ rssBytes: sum.rssBytes + one.rssBytes, cpuMs: sum.cpuMs + one.cpuMs }))
    },
    stop: async () => {
      await Promise.all(processes.map((one) => one.stop()))
    },
  }
}

async function withBridge<T>(
  instances: number,
  use: (parts: { database: BenchDatabase; bridge: Bridge; partnerUrl: string }) => Promise<T>,
  roles: readonly string[] = ['all'],
): Promise<T> {
  const database = await startBenchDatabase()
  const partner = spawnScript('partner.ts', {})
  const { url: partnerUrl } = await partner.line<{ url: string }>()
  const bridge = await startBridge({ DATABASE_URL: database.url, PARTNER_URL: partnerUrl, INSTANCES: String(instances) }, roles)
  try {
    return await use({ database, bridge, partnerUrl })
  } finally {
    await bridge.stop()
    await partner.stop()
    await database.stop()
  }
}

type Parts = Parameters<Parameters<typeof withBridge>[1]>[0]

async function measure(
  name: string,
  { database, bridge, partnerUrl }: Parts,
  options: { count: number; rate?: number; instances: number },
): Promise<Round> {
  const send = await openSender({
    URL: bridge.url,
    COUNT: String(options.count),
    RATE: String(options.rate ?? 0),
    INSTANCES: String(options.instances),
  })
  const before = { bridge: await bridge.usage(), databaseMs: database.cpuMs() }
  const startedAt = performance.now()
  const { accepted } = await send()
  const seconds = await untilEffects(partnerUrl, accepted, startedAt)
  const after = { bridge: await bridge.usage(), databaseMs: database.cpuMs() }
  const report = (await (await fetch(`${partnerUrl}/report`)).json()) as { effects: number; repeated: number; latenciesMs: number[] }
  const latencies = report.latenciesMs.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
  return {
    name,
    perSecond: accepted / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    bridgeCpuMs: (after.bridge.cpuMs - before.bridge.cpuMs) / accepted,
    databaseCpuMs: (after.databaseMs - before.databaseMs) / accepted,
    rssMb: after.bridge.rssBytes / 1_000_000,
    lost: accepted - report.effects,
    // The key made the partner answer again instead of doing it again.
    doubled: report.repeated,
  }
}

async function untilEffects(partnerUrl: string, wanted: number, startedAt: number): Promise<number> {
  for (const deadline = performance.now() + 600_000; performance.now() < deadline; await delay(50)) {
    const { effects } = (await (await fetch(`${partnerUrl}/count`)).json()) as { effects: number }
    if (effects >= wanted) break
  }
  return (performance.now() - startedAt) / 1_000
}

async function floor(): Promise<number> {
  const database = await startBenchDatabase()
  const partner = spawnScript('partner.ts', {})
  const { url } = await partner.line<{ url: string }>()
  const script = spawnScript('queue-floor.ts', { DATABASE_URL: database.url, PARTNER_URL: url, COUNT: '20000' })
  const { perSecond } = await script.line<{ perSecond: number }>()
  await script.stop()
  await partner.stop()
  await database.stop()
  return perSecond
}

function print(round: Round, reference: number): void {
  const { name, perSecond, p50Ms, p99Ms, bridgeCpuMs, databaseCpuMs, rssMb, lost, doubled } = round
  const cells = [
    perSecond.toFixed(0),
    `${(perSecond / reference).toFixed(2)}×`,
    p50Ms,
    p99Ms,
    bridgeCpuMs.toFixed(3),
    databaseCpuMs.toFixed(3),
    rssMb.toFixed(0),
    lost,
    doubled,
  ]
  console.log(`${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(11)).join('')}`)
}

const perSecondFloor = await floor()
console.log(`floor (queue engine and one HTTP call, no product): ${perSecondFloor.toFixed(0)} jobs/s\n`)
const head = ['events/s', 'of floor', 'p50 ms', 'p99 ms', 'CPU ms', 'PG ms', 'RSS MB', 'lost', 'repeated']
console.log(`${''.padEnd(34)}${head.map((cell) => cell.padStart(11)).join('')}`)
await withBridge(100, async (parts) => {
  await measure('warm-up', parts, { count: warmUp, instances: 100 })
  print(await measure('100 events/s', parts, { count: 2_000, rate: 100, instances: 100 }), perSecondFloor)
  print(await measure('as fast as possible', parts, { count: 20_000, instances: 100 }), perSecondFloor)
  print(await measure(`${backlog} at once (backlog)`, parts, { count: backlog, instances: 100 }), perSecondFloor)
})
for (const instances of [1, manyInstances]) {
  await withBridge(instances, async (parts) => {
    await measure('warm-up', parts, { count: warmUp, instances })
    print(await measure(`${instances} instance(s)`, parts, { count: 20_000, instances }), perSecondFloor)
  })
}
await withBridge(
  100,
  async (parts) => {
    await measure('warm-up', parts, { count: warmUp, instances: 100 })
    print(await measure('ingress and worker apart', parts, { count: 20_000, instances: 100 }), perSecondFloor)
  },
  ['ingress', 'worker'],
)
