/**
 * How long it takes to validate a workspace of 200 integrations × 40 organizations, as a whole: in order, with one file in twenty broken,
 * and the first time in a process that has just started. `node bench/src/workspace.ts [runs]`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { loadWorkspace } from '../../server/src/workspace/index.ts'
import { writeLargeWorkspace } from './large-workspace.ts'

const counts = { integrations: 200, organizations: 40 }

interface Row {
  'median ms': number
  'slowest ms': number
  /** Of all threads, per run: tells more than the clock on a busy machine. */
  'CPU ms': number
  problems: number
}

async function measure(folder: string, runs: number): Promise<Row> {
  const elapsedMs: number[] = []
  let problems = 0
  const before = process.cpuUsage()
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now()
    problems = (await loadWorkspace(folder)).problems.length
    elapsedMs.push(performance.now() - startedAt)
  }
  const { user, system } = process.cpuUsage(before)
  elapsedMs.sort((a, b) => a - b)
  return {
    'median ms': Math.round(elapsedMs[runs >> 1]!),
    'slowest ms': Math.round(elapsedMs.at(-1)!),
    'CPU ms': Math.round((user + system) / 1000 / runs),
    problems,
  }
}

/** The process start, the import of the program and the first load, as a person waits for `workspace check`. */
function firstLoad(folder: string): Row {
  const startedAt = performance.now()
  const program = `const { loadWorkspace } = await import(${JSON.stringify(join(import.meta.dirname, '../../server/src/workspace/index.ts'))}); console.log((await loadWorkspace(${JSON.stringify(folder)})).problems.length, process.cpuUsage().user + process.cpuUsage().system)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  const elapsedMs = Math.round(performance.now() - startedAt)
  const [problems = 0, cpuMicros = 0] = stdout.split(' ').map(Number)
  return { 'median ms': elapsedMs, 'slowest ms': elapsedMs, 'CPU ms': Math.round(cpuMicros / 1000), problems }
}

async function breakEveryTwentieth(folder: string): Promise<void> {
  for (let number = 0; number < counts.integrations; number += 20) {
    const file = join(folder, `integrations/bridge-${number}.yaml`)
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('relationship: marketplace', 'relationship: markteplace').replace('builder:', 'bulider:'))
  }
}

/** What the parser alone takes when every file is read with its positions. */
async function parseWithPositions(folder: string): Promise<Row> {
  const texts = await Promise.all(
    Array.from({ length: counts.integrations }, (_, at) => readFile(join(folder, `integrations/bridge-${at}.yaml`), 'utf8')),
  )
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  for (const text of texts) parseAllDocuments(text)
  const [elapsedMs, { user, system }] = [Math.round(performance.now() - startedAt), process.cpuUsage(before)]
  return { 'median ms': elapsedMs, 'slowest ms': elapsedMs, 'CPU ms': Math.round((user + system) / 1000), problems: 0 }
}

const runs = Number(process.argv[2] ?? 7)
const folder = await mkdtemp(join(tmpdir(), 'bench-workspace-'))
try {
  const bytes = await writeLargeWorkspace(folder, counts)
  console.log(
    `${counts.integrations} integrations with their agreements × ${counts.organizations} organizations with their platforms, ${(bytes / 1e6).toFixed(1)} MB of YAML`,
  )
  const rows: Record<string, Row> = { 'new process': firstLoad(folder), 'all in order': await measure(folder, runs) }
  rows['only parsing the integrations with `yaml`'] = await parseWithPositions(folder)
  await breakEveryTwentieth(folder)
  rows['one in twenty broken'] = await measure(folder, runs)
  console.table(rows)
} finally {
  await rm(folder, { recursive: true, force: true })
}
