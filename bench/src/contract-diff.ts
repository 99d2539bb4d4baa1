import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
// The server's package exports its program only; the benchmark measures a part of it.
import { type Contract, compareContracts, readContract } from '../../server/src/contracts/index.ts'

/** What contracts.md promises: compare in at most three times the time it takes to parse both, within 600 MB. */
const limits = { ratio: 3, memoryMb: 600, growth: 2.6 }

interface Result {
  name: string
  value: number
  unit: string
  limit: number
}

/** Processor time in ms of the fastest of some runs: other programs on the machine do not count. */
async function cpuMs(runs: number, work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

function contractOf(packageName: string): string {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve(`${packageName}/package.json`)), 'generated', 'api.github.com.json')
}

async function github(): Promise<Result[]> {
  const parse = await cpuMs(4, () => paths().map((path) => JSON.parse(readFileSync(path, 'utf8'))))
  const read = await cpuMs(4, readBoth)
  let compare = Number.POSITIVE_INFINITY
  for (let run = 0; run < 4; run++) {
    // Fresh documents each time: a second comparison would find the first one's answers.
    const [before, after] = await readBoth()
    compare = Math.min(compare, await cpuMs(1, () => compareContracts(before, after)))
  }
  console.log(`two versions of GitHub's contract (13 MB each): JSON.parse ${ms(parse)}, read ${ms(read)}, compare ${ms(compare)}`)
  return [
    { name: 'compare / JSON.parse of both', value: compare / parse, unit: '×', limit: limits.ratio },
    { name: 'highest resident memory of a process that reads and compares', value: memoryMb(), unit: ' MB', limit: limits.memoryMb },
  ]
}

function paths(): [string, string] {
  return [contractOf('octokit-openapi-before'), contractOf('@octokit/openapi')]
}

async function readBoth(): Promise<[Contract, Contract]> {
  const [before, after] = paths()
  return [await readContract({ path: before }), await readContract({ path: after })]
}

/** A process of its own, as the command line is: what other benchmarks left behind does not count. */
function memoryMb(): number {
  return Number(execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'memory'], { encoding: 'utf8' }))
}

/** Recursive schemas with five references each, all changed, all reachable from 100 operations. */
function knotted(schemas: number, type: string): string {
  const members = (at: number) =>
    [1, 2, 3, 5, 8].map((step, index) => [`r${index}`, { $ref: `#/components/schemas/S${(at * step + step) % schemas}` }] as const)
  const named = Array.from(
    { length: schemas },
    (_, at) => [`S${at}`, { type: 'object', properties: { value: { type }, ...Object.fromEntries(members(at)) } }] as const,
  )
  const operation = { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } } } }
  const paths = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`/p${at}`, { get: operation }]))
  return JSON.stringify({ openapi: '3.0.0', paths, components: { schemas: Object.fromEntries(named) } })
}

async function recursion(): Promise<Result[]> {
  const time = async (schemas: number) => {
    const [before, after] = [
      await readContract({ name: 'a', text: knotted(schemas, 'string') }),
      await readContract({ name: 'b', text: knotted(schemas, 'integer') }),
    ]
    return cpuMs(3, () => compareContracts(before, after))
  }
  const [half, whole] = [await time(125), await time(250)]
  console.log(`schemas × 5 recursive references × 100 operations, all changed: 125 schemas ${ms(half)}, 250 schemas ${ms(whole)}`)
  return [{ name: 'time for twice the schemas', value: whole / half, unit: '×', limit: limits.growth }]
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`
}

/** Runs the benchmark and prints each result against its limit. */
export async function contractDiff(): Promise<boolean> {
  const results = [...(await github()), ...(await recursion())]
  for (const { name, value, unit, limit } of results)
    console.log(`${value <= limit ? 'ok   ' : 'OVER '} ${name}: ${value.toFixed(2)}${unit} (limit ${limit}${unit})`)
  return results.every((result) => result.value <= result.limit)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'memory') {
    compareContracts(...(await readBoth()))
    console.log(process.resourceUsage().maxRSS / 1024)
  } else process.exitCode = (await contractDiff()) ? 0 : 1
}
