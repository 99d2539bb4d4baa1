import { setTimeout as delay } from 'node:timers/promises'
import type { Demo, DemoDelivery } from '@bridgekeeper/sdk'
import type { Observation } from '../gateway/index.ts'
import { listInstances, listRuns, type RunSummary } from '../runtime/index.ts'
import type { RunningServer } from '../server.ts'
import type { StartedSandboxes } from './demo.ts'
import type { Io } from './io.ts'

interface Call {
  platform: string
  text: string
}

/** Remembers the writes of each run while the demo plays. */
export function followCalls(): { observe(observation: Observation): void; of(runId: string): readonly Call[] } {
  const calls = new Map<string, Call[]>()
  return {
    observe({ runId, method, path, status, platform }) {
      if (!runId || method === 'GET' || method === 'HEAD') return
      calls.set(runId, [...(calls.get(runId) ?? []), { platform, text: `${method} ${path} ${status ?? 'no answer'}` }])
    },
    of: (runId) => calls.get(runId) ?? [],
  }
}

interface Parts {
  server: RunningServer
  demo: Demo
  sandboxes: StartedSandboxes
  calls: ReturnType<typeof followCalls>
  stopped: AbortSignal
}

/** Sends the demo's deliveries, shows each run as it ends, and says what to try next. */
export async function playDemo(io: Io, parts: Parts): Promise<void> {
  const { demo, sandboxes, stopped } = parts
  const deliveries = demo.deliveries()
  io.print(`\nPlaying ${deliveries.length} webhooks, signed as their platforms sign, for ${demo.instances.length} customers …\n`)
  const shown = new Set<string>()
  const from = new Date()
  const answers = await send(parts, deliveries, () => show(io, parts, from, shown))
  await untilQuiet(io, parts, from, shown)
  // Whoever saw all of this before has empty sandboxes now, in which there is nothing to act on.
  if (demo.act && shown.size > 0 && !stopped.aborted) {
    io.print(io.dim(`\n${demo.act.title} …\n`))
    await demo.act.run(sandboxes.urls)
    await delay(500)
    await untilQuiet(io, parts, from, shown)
  }
  if (!stopped.aborted) await summarize(io, parts, answers, from)
}

async function send(
  { server, sandboxes, stopped }: Parts,
  deliveries: readonly DemoDelivery[],
  meanwhile: () => Promise<void>,
): Promise<Map<number, number>> {
  const instances = await listInstances(server.database.executor, { limit: 500 })
  const answers = new Map<number, number>()
  for (const [at, delivery] of deliveries.entries()) {
    if (stopped.aborted) break
    const instance = instances.find((one) => one.customer === delivery.customer)!
    const url = `${server.url}/webhooks/${delivery.platform}/${instance.key}`
    const status = await post(server, url, delivery, sandboxes.secrets[delivery.platform]!)
    answers.set(status, (answers.get(status) ?? 0) + 1)
    if (at % 10 === 9) await meanwhile()
  }
  return answers
}

async function post(server: RunningServer, url: string, delivery: DemoDelivery, secret: string): Promise<number> {
  const body = Buffer.from(JSON.stringify(delivery.body))
  const signed = server.bridge
    .source(delivery.platform)!
    .scheme.sign(secret, body, new Date(), { method: 'POST', url, headers: delivery.headers })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...delivery.headers, ...signed.headers },
    body: new Uint8Array(signed.body),
  })
  await response.arrayBuffer()
  return response.status
}

async function untilQuiet(io: Io, parts: Parts, from: Date, shown: Set<string>): Promise<void> {
  const moving = new Set(['waiting', 'queued', 'running', 'retrying', 'throttled', 'partner-down'])
  for (let attempt = 0; attempt < 300 && !parts.stopped.aborted; attempt += 1) {
    await show(io, parts, from, shown)
    await delay(100)
    const runs = await recentRuns(parts.server, from)
    // A lane that waits behind a blocked run stands still on purpose.
    const held = new Set(runs.filter((run) => run.status === 'blocked').map((run) => run.lane))
    if (!runs.some((run) => moving.has(run.status) && !held.has(run.lane)) && attempt > 3) return show(io, parts, from, shown)
  }
}

async function show(io: Io, { server, calls }: Parts, from: Date, shown: Set<string>): Promise<void> {
  for (const run of (await recentRuns(server, from)).reverse()) {
    const settled = ['succeeded', 'skipped', 'parked', 'blocked'].includes(run.status)
    if (!settled || shown.has(run.id)) continue
    shown.add(run.id)
    const mark = run.status === 'succeeded' ? io.green('✓') : run.status === 'skipped' ? io.dim('–') : io.red('✗')
    const effects = calls.of(run.id).map(({ platform, text }) => `${platform} ${text}`)
    const what =
      run.status === 'succeeded' ? effects.join(', ') || io.dim('nothing to do') : `${io.red(run.status)}: ${run.failure?.message ?? ''}`
    io.print(`  ${mark} ${run.customer.padEnd(8)} ${run.flow.padEnd(20)} ${what}`)
  }
}

function recentRuns(server: RunningServer, from: Date): Promise<RunSummary[]> {
  return listRuns(server.database.executor, { receivedFrom: from }, { limit: 500 })
}

async function summarize(io: Io, { server, demo }: Parts, answers: ReadonlyMap<number, number>, from: Date): Promise<void> {
  const runs = await recentRuns(server, from)
  const count = (status: string) => runs.filter((run) => run.status === status).length
  const stopped =
    runs.find((run) => run.status === 'parked' || run.status === 'blocked') ??
    (await listRuns(server.database.executor, { status: 'blocked' }, { limit: 1 }))[0]
  const stored = [...answers].map(([status, number]) => `${number} × ${status}`).join(', ')
  const { unfinished } = await server.bridge.runtime.checkInvariants()
  io.print(
    `\nAnswers to the webhooks: ${stored}. Runs: ${count('succeeded')} succeeded, ${count('parked') + count('blocked')} stopped, ${count('waiting')} waiting behind them; ${unfinished} unfinished in all.`,
  )
  if (runs.length === 0) io.print('All of these were played before: the same ids are repeats, and a repeat does nothing twice.')
  io.print(`\n${io.bold('Try next')} (in a second terminal, in this folder)`)
  if (stopped) {
    io.print(
      `  npx bridgekeeper runs show ${stopped.id}      why it stopped${demo.faults ? '; the partner of this demo refuses it on purpose' : ''}`,
    )
    io.print(`  npx bridgekeeper replay ${stopped.id} --dry-run   what a replay would call`)
    io.print(`  npx bridgekeeper replay ${stopped.id}          replay it; what waits behind it follows`)
  }
  io.print('  npx bridgekeeper deliveries list --state ignored                    what was received that no flow wants')
  io.print('  npx bridgekeeper instances list                                     customers, their settings and mappings')
}
