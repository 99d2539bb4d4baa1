/**
 * How many signed webhooks one ingress process takes per second, each acknowledged after its own commit (fsync on), with
 * group commit and without. The sender runs on the same machine. `node bench/src/ingress.ts [seconds]`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate, openDatabase, startEmbeddedServer } from '../../server/src/database/index.ts'
import { ensureDeliveryPartitions } from '../../server/src/webhooks/index.ts'

const seconds = Number(process.argv[2] ?? 5)
const connections = 128
const program = join(import.meta.dirname, '../../server/test/ingress-process.ts')

export interface IngressResult {
  acceptedPerSecond: number
  /** What one core spent on ingress alone would take. */
  acceptedPerCpuSecond: number
  p50Ms: number
  p99Ms: number
  meanBatch: number
  rssMiB: number
  /** Acknowledged deliveries that are not in the table, or not with their length. */
  lost: number
}

/** Loads one fresh ingress process for some seconds. */
async function measure(databaseUrl: string, bodies: readonly Buffer[], maxBatch: number): Promise<IngressResult> {
  const child = spawn(process.execPath, [program, databaseUrl, 'secret', String(maxBatch)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(String((await once(child.stdout!, 'data'))[0]).trim())
  await load(port, bodies, 1)
  const before = await usageOf(child)
  const { latenciesMs, elapsedSeconds, ids } = await load(port, bodies, seconds)
  const after = await usageOf(child)
  child.kill()
  const sorted = latenciesMs.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return {
    acceptedPerSecond: sorted.length / elapsedSeconds,
    acceptedPerCpuSecond: sorted.length / (after.cpuSeconds - before.cpuSeconds),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    rssMiB: after.rssBytes / 1024 ** 2,
    ...(await check(databaseUrl, ids)),
  }
}

async function usageOf(child: ChildProcess): Promise<{ cpuSeconds: number; rssBytes: number }> {
  const answer = once(child.stdout!, 'data')
  child.kill('SIGUSR2')
  return JSON.parse(String((await answer)[0]))
}

async function check(databaseUrl: string, ids: readonly string[]): Promise<{ lost: number; meanBatch: number }> {
  const database = openDatabase(databaseUrl)
  const { rows } = await database.pool.query('select count(*) from delivery where id = any($1)', [ids])
  const batches = await database.pool.query('select avg(jsonb_array_length(ids)) as mean from test_route_job')
  await database.pool.query('truncate delivery, delivery_key, test_route_job')
  await database.close()
  return { lost: ids.length - Number(rows[0].count), meanBatch: Number(batches.rows[0].mean) }
}

/** A sender on bare sockets: an HTTP client in this process would take more time than the server that is measured. */
async function load(port: number, bodies: readonly Buffer[], forSeconds: number) {
  const requests = bodies.map((body) => {
    const signature = createHmac('sha256', 'secret').update(body).digest('hex')
    const head = `POST /webhooks/github HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nUser-Agent: GitHub-Hookshot/044aadd\r\nAccept: */*\r\nX-GitHub-Event: issues\r\nX-GitHub-Hook-ID: 292430182\r\nX-Hub-Signature-256: sha256=${signature}\r\nContent-Length: ${body.length}\r\nX-GitHub-Delivery: `
    return { head, tail: Buffer.concat([Buffer.from('\r\n\r\n'), body]) }
  })
  const latenciesMs: number[] = []
  const ids: string[] = []
  const startedAt = performance.now()
  const endAt = startedAt + forSeconds * 1000
  const runId = process.hrtime.bigint().toString(36)
  let sent = 0
  const sendAll = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let sentAt = 0
      const send = () => {
        if (performance.now() >= endAt) return socket.end(resolve)
        const { head, tail } = requests[sent % requests.length]!
        sentAt = performance.now()
        socket.cork()
        socket.write(`${head}${runId}-${sent++}`)
        socket.write(tail)
        socket.uncork()
      }
      socket.setNoDelay(true)
      socket.on('connect', send)
      socket.on('data', (data) => {
        // Answers are far smaller than one packet, so one chunk is one answer.
        const text = data.toString('latin1')
        if (!text.startsWith('HTTP/1.1 202')) return reject(new Error(`not accepted: ${text}`))
        latenciesMs.push(performance.now() - sentAt)
        ids.push(text.slice(-38, -2))
        send()
      })
      socket.on('error', reject)
    })
  await Promise.all(Array.from({ length: connections }, sendAll))
  return { latenciesMs, ids, elapsedSeconds: (performance.now() - startedAt) / 1000 }
}

/** GitHub's own example payloads, as they are. */
function githubPayloads(): Buffer[] {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as
    | { examples: unknown[] }[]
    | { default: { examples: unknown[] }[] }
  const list = Array.isArray(examples) ? examples : examples.default
  return list.flatMap(({ examples: payloads }) => payloads.slice(0, 1)).map((payload) => Buffer.from(JSON.stringify(payload)))
}

const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-bench-'))
const server = await startEmbeddedServer({ dir })
try {
  const database = openDatabase(server.url)
  await migrate(database)
  await ensureDeliveryPartitions(database, new Date())
  await database.close()
  const small = [Buffer.from(JSON.stringify({ action: 'opened', issue: { id: 1, title: 'x'.repeat(400) }, installation: { id: 7 } }))]
  const real = githubPayloads()
  const meanKiB = real.reduce((sum, { length }) => sum + length, 0) / real.length / 1024
  const rows: Record<string, IngressResult> = {}
  for (const [name, bodies] of [
    ['0.5 KiB', small],
    [`GitHub's examples, ${meanKiB.toFixed(1)} KiB on average`, real],
  ] as const) {
    rows[`${name}, one commit each`] = await measure(server.url, bodies, 1)
    rows[`${name}, group commit`] = await measure(server.url, bodies, 500)
  }
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(1))])),
      ]),
    ),
  )
  const [smallSingle, smallGroup, realSingle, realGroup] = Object.values(rows)
  console.log(
    `group commit against one commit each: ${(smallGroup!.acceptedPerSecond / smallSingle!.acceptedPerSecond).toFixed(1)}× (0.5 KiB), ${(realGroup!.acceptedPerSecond / realSingle!.acceptedPerSecond).toFixed(1)}× (GitHub's examples)`,
  )
} finally {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
}
