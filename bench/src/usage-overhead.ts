/**
 * What learning from traffic costs: usage, drift and recordings together. First the usage of one run by itself (an event and an answer of 5 KB that are
 * read, a call that is observed), in microseconds. Then two whole bridges beside each other, one that learns and one that does not, in turns
 * under the same load: processor time per event of bridge and PostgreSQL, and throughput. Medians, because other work on the machine disturbs single rounds.
 *
 * Usage: usage-overhead.ts [--rounds=7] [--events=4000] [--instances=100]
 */
import { setTimeout as delay } from 'node:timers/promises'
import { createDriftRecorder, createUsageRecorder } from '../../server/src/contracts/index.ts'
import { contracts } from './bench-integration.ts'
import { type BenchDatabase, openSender, type Spawned, spawnScript, startBenchDatabase } from './processes.ts'

const option = (name: string, otherwise: number) =>
  Number(process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise)
const runs = 20_000
const event = () => JSON.parse(payload)
const payload = JSON.stringify({
  action: 'closed',
  issue: {
    id: 7,
    title: 'a title',
    labels: Array.from({ length: 10 }, (_, n) => ({ id: n, name: `label ${n}`, color: 'abc' })),
    user: { login: 'm', id: 3 },
    ...Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`field_${n}`, n])),
  },
})
const recorder = createUsageRecorder({ database: { executor: undefined } as never, flushMs: 3_600_000, onProblem: () => {} })

function use(watched: ReturnType<typeof event>): unknown {
  const { issue } = watched
  return [issue.title, issue.user.login, issue.labels.some((label: { name: string }) => label.name === 'none')]
}

function measure(one: (n: number) => unknown): number {
  for (let n = 0; n < 2_000; n++) one(n)
  const start = performance.now()
  for (let n = 0; n < runs; n++) one(n)
  return ((performance.now() - start) * 1_000) / runs
}

const plain = measure(() => [use(event()), use(event())])
const learned = measure((n) => {
  const watch = recorder.begin(`instance-${n % 50}`)
  const first = use(watch.event('github', 'issues.closed', event()))
  recorder.observer({
    platform: 'helpdesk',
    method: 'POST',
    path: '/tickets',
    query: {},
    requestHeaders: { 'content-type': 'application/json' },
    requestBody: { subject: 's', priority: 'high', tags: ['a', 'b'], requester: { mail: 'x' } },
    responseHeaders: { 'content-type': 'application/json' },
    status: 200,
    sent: true,
    run: { instanceId: `instance-${n % 50}` },
  } as never)
  const second = use(watch.answer('helpdesk', 'POST', '/tickets', event()))
  watch.end(false)
  return [first, second]
})
await recorder.stop()
console.log(`usage of one run: ${(learned - plain).toFixed(1)} µs`)

const drift = createDriftRecorder({
  database: { executor: undefined } as never,
  flushMs: 3_600_000,
  contractOf: async (platform) => ({ key: platform, source: async () => ({ text: contracts[platform]!, name: platform }) }),
  onProblem: () => {},
})
const json = { 'content-type': 'application/json' }
const call = (instanceId: string) =>
  ({
    platform: 'crm',
    method: 'POST',
    path: '/orders',
    query: {},
    status: 201,
    responseHeaders: json,
    responseBody: { id: '1' },
    requestHeaders: json,
    requestBody: {},
    run: { instanceId },
    sent: true,
  }) as never
const ofInstances = Array.from({ length: 50 }, (_, n) => ({ id: `instance-${n}`, call: call(`instance-${n}`) }))
const watchDrift = (n: number) => {
  const { id, call } = ofInstances[n % 50]!
  drift.delivery('shop', 'order.created', {}, [id])
  drift.observer(call)
}
watchDrift(0)
await delay(2_000)
// The first of each instance are samples, which this measures without.
measure(watchDrift)
await delay(2_000)
console.log(`drift of one event, webhook and answer, without samples: ${measure(watchDrift).toFixed(1)} µs`)
console.log('drift, samples: at most 5 ms of processor time a second, whatever the load')

interface Side {
  database: BenchDatabase
  bridge: Spawned
  partner: Spawned
  bridgeUrl: string
  partnerUrl: string
}

interface Round {
  perSecond: number
  cpuMs: number
  databaseMs: number
}

const instances = option('instances', 100)
const events = option('events', 4_000)

async function start(learning: 'on' | 'off'): Promise<Side> {
  const database = await startBenchDatabase()
  const partner = spawnScript('partner.ts', {})
  const { url: partnerUrl } = await partner.line<{ url: string }>()
  const bridge = spawnScript('bridge-server.ts', {
    DATABASE_URL: database.url,
    PARTNER_URL: partnerUrl,
    INSTANCES: String(instances),
    LEARNING: learning,
    CONTRACTS: 'yes',
  })
  const { url: bridgeUrl } = await bridge.line<{ url: string }>()
  return { database, bridge, partner, bridgeUrl, partnerUrl }
}

async function round({ database, bridge, bridgeUrl, partnerUrl }: Side, count: number): Promise<Round> {
  const cpuOfBridge = async (): Promise<number> => {
    bridge.process.kill('SIGUSR2')
    return (await bridge.line<{ cpuMs: number }>()).cpuMs
  }
  const send = await openSender({ URL: bridgeUrl, COUNT: String(count), INSTANCES: String(instances) })
  const [cpuMs, databaseMs, startedAt] = [await cpuOfBridge(), database.cpuMs(), performance.now()]
  const { accepted } = await send()
  for (let done = 0; done < accepted; await delay(50))
    done = ((await (await fetch(`${partnerUrl}/count`)).json()) as { effects: number }).effects
  const seconds = (performance.now() - startedAt) / 1_000
  await fetch(`${partnerUrl}/report`).then((response) => response.arrayBuffer())
  return {
    perSecond: accepted / seconds,
    cpuMs: ((await cpuOfBridge()) - cpuMs) / accepted,
    databaseMs: (database.cpuMs() - databaseMs) / accepted,
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** @returns the least and the most that the true median is, with 95 % confidence: order statistics, by the binomial distribution; all there is below six values */
function medianBetween(values: readonly number[]): [low: number, high: number] {
  const sorted = [...values].sort((a, b) => a - b)
  let [below, chance, outside] = [0, 0.5 ** sorted.length, 0]
  while (below < sorted.length / 2 - 1 && outside + chance <= 0.025) {
    outside += chance
    below += 1
    chance *= (sorted.length - below + 1) / below
  }
  const skipped = Math.max(0, below - 1)
  return [sorted[skipped]!, sorted[sorted.length - 1 - skipped]!]
}

const sides = { off: await start('off'), on: await start('on') }
const measured = { off: [] as Round[], on: [] as Round[] }
try {
  for (const side of Object.values(sides)) await round(side, events)
  for (let n = 0; n < option('rounds', 7); n++)
    for (const name of n % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const))
      measured[name].push(await round(sides[name], events))
} finally {
  for (const { bridge, partner, database } of Object.values(sides)) {
    await bridge.stop()
    await partner.stop()
    await database.stop()
  }
}
const of = (name: 'off' | 'on', pick: (one: Round) => number) => median(measured[name].map(pick))
console.log(`${''.padEnd(34)}${['learning off', 'on', 'on / off', 'with 95 %'].map((cell) => cell.padStart(14)).join('')}`)
for (const [words, pick] of [
  ['events/s', (one: Round) => one.perSecond],
  ['CPU of bridge, ms per event', (one: Round) => one.cpuMs],
  ['CPU of PostgreSQL, ms per event', (one: Round) => one.databaseMs],
  ['CPU of both, ms per event', (one: Round) => one.cpuMs + one.databaseMs],
] as const) {
  const [off, on] = [of('off', pick), of('on', pick)]
  // Rounds of one turn saw the machine in about the same state.
  const ratios = measured.on.map((round, n) => pick(round) / pick(measured.off[n]!))
  const between = medianBetween(ratios).map((ratio) => ratio.toFixed(2))
  console.log(
    `${words.padEnd(34)}${[off.toFixed(3), on.toFixed(3), median(ratios).toFixed(3), between.join('–')].map((cell) => cell.padStart(14)).join('')}`,
  )
}
