import { setTimeout as delay } from 'node:timers/promises'
import type { Demo, DemoDelivery } from '@bridgekeeper/sdk'
import { listInstances, listRuns, type RunSummary } from '../runtime/index.ts'
import type { RunningServer } from '../server.ts'
import type { StartedSandboxes } from './demo.ts'
import type { Io } from './io.ts'
import { shortestPath } from './shortest-path.ts'
import { type followCalls, type RunsShown, showRuns } from './show-runs.ts'

interface Parts {
  server: RunningServer
  /** Holds everything that was played; absent where the database is the operator's own. */
  dataFolder: string | undefined
  demo: Demo
  sandboxes: StartedSandboxes
  calls: ReturnType<typeof followCalls>
  stopped: AbortSignal
}

/** Sends the demo's deliveries, shows each run as it ends, and says what to try next. @returns what goes on showing runs */
export async function playDemo(io: Io, parts: Parts): Promise<RunsShown> {
  const { server, demo, sandboxes, stopped } = parts
  const deliveries = demo.deliveries()
  say(io, `\nPlaying ${deliveries.length} webhooks, signed as their platforms sign, for ${demo.instances.length} customers …\n`)
  const runs = await showRuns(io, server.database.executor, { calls: parts.calls })
  const from = new Date()
  const answers = await send(parts, deliveries, runs.look)
  await untilQuiet(parts, from, runs)
  // Whoever saw all of this before has empty sandboxes now, in which there is nothing to act on.
  if (demo.act && runs.count() > 0 && !stopped.aborted) {
    say(io, io.dim(`\n${demo.act.title} …\n`))
    await demo.act.run(sandboxes.urls)
    await delay(500)
    await untilQuiet(parts, from, runs)
  }
  if (!stopped.aborted) await summarize(io, parts, answers, from)
  return runs
}

/** Machines read the summary alone. */
function say(io: Io, text: string): void {
  if (!io.json) io.print(text)
}

async function send(
  { server, sandboxes, stopped }: Parts,
  deliveries: readonly DemoDelivery[],
  meanwhile: () => Promise<void>,
): Promise<Map<number, number>> {
  const instances = (await listInstances(server.database.executor, { limit: 500 })).filter(({ state }) => state !== 'removed')
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

async function untilQuiet(parts: Parts, from: Date, shown: RunsShown): Promise<void> {
  const moving = new Set(['waiting', 'queued', 'running', 'retrying', 'throttled', 'partner-down'])
  for (let attempt = 0; attempt < 300 && !parts.stopped.aborted; attempt += 1) {
    await shown.look()
    await delay(100)
    const runs = await recentRuns(parts.server, from)
    // A lane that waits behind a blocked run stands still on purpose.
    const held = new Set(runs.filter((run) => run.status === 'blocked').map((run) => run.lane))
    if (!runs.some((run) => moving.has(run.status) && !held.has(run.lane)) && attempt > 3) return shown.look()
  }
}

function recentRuns(server: RunningServer, from: Date): Promise<RunSummary[]> {
  return listRuns(server.database.executor, { receivedFrom: from }, { limit: 500 })
}

async function summarize(io: Io, { server, dataFolder, demo }: Parts, answers: ReadonlyMap<number, number>, from: Date): Promise<void> {
  const runs = await recentRuns(server, from)
  const count = (status: string) => runs.filter((run) => run.status === status).length
  const stopped =
    runs.find((run) => run.status === 'parked' || run.status === 'blocked') ??
    (await listRuns(server.database.executor, { status: 'blocked' }, { limit: 1 }))[0]
  const { unfinished } = await server.bridge.runtime.checkInvariants()
  const played = {
    succeeded: count('succeeded'),
    stopped: count('parked') + count('blocked'),
    waitingBehindThem: count('waiting'),
    unfinishedInAll: unfinished,
  }
  if (io.json) return io.printJson({ answers: Object.fromEntries(answers), runs: played, stoppedRun: stopped?.id ?? null })
  const stored = [...answers].map(([status, number]) => `${number} × ${status}`).join(', ')
  io.print(
    `\nAnswers to the webhooks: ${stored}. Runs: ${played.succeeded} succeeded, ${played.stopped} stopped, ${played.waitingBehindThem} waiting behind them; ${unfinished} unfinished in all.`,
  )
  if (runs.length === 0) {
    io.print('All of these were played before: the same ids are repeats, and a repeat does nothing twice.')
    if (dataFolder) io.print(`To see it from the beginning: Ctrl-C, rm -r ${shortestPath(io.cwd, dataFolder)}, and start again.`)
  }
  io.print(`\n${io.bold('Try next')} (in a second terminal, in this folder)`)
  const tries = [
    ...(stopped
      ? [
          [`runs show ${stopped.id}`, `why it stopped${demo.faults ? '; the partner of this demo refuses it on purpose' : ''}`],
          [`replay ${stopped.id} --dry-run`, 'what a replay would call'],
          [`replay ${stopped.id}`, 'replay it; what waits behind it follows, and is shown here'],
        ]
      : []),
    ['deliveries list --state ignored', 'what was received that no flow wants'],
    ['instances list', 'customers, their settings and mappings'],
  ] as const
  for (const [command, meaning] of tries) io.print(`  npx bridgekeeper ${command!.padEnd(55)}  ${meaning}`)
}
