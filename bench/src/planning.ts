/**
 * How long a decision takes: 10,000 draws of every option of a plan, from the smallest to six parties, and the printed forms.
 * `node bench/src/planning.ts [runs]`. Aim: under a second for four parties.
 */
import { join } from 'node:path'
import { evaluatePlan, type PlanInputs, renderMemo, renderPage, renderText, resolvePlan } from '../../server/src/planning/index.ts'
import { loadWorkspace } from '../../server/src/workspace/index.ts'

const runs = Number(process.argv[2] ?? 7)

interface Row {
  options: number
  'median ms': number
  'slowest ms': number
  /** Of all threads, per run: tells more than the clock on a busy machine. */
  'CPU ms': number
}

async function measure(work: () => unknown, options: number): Promise<Row> {
  const elapsedMs: number[] = []
  const before = process.cpuUsage()
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now()
    await work()
    elapsedMs.push(performance.now() - startedAt)
  }
  const { user, system } = process.cpuUsage(before)
  elapsedMs.sort((x, y) => x - y)
  return {
    options,
    'median ms': Math.round(elapsedMs[runs >> 1]!),
    'slowest ms': Math.round(elapsedMs.at(-1)!),
    'CPU ms': Math.round((user + system) / 1000 / runs),
  }
}

/** The middleware example with more third parties like its own, so that the number of options grows with the fourth power. */
function withParties(inputs: PlanInputs, count: number): PlanInputs {
  const third = inputs.parties[2]!
  const more = Array.from({ length: Math.max(0, count - inputs.parties.length) }, (_, index) => ({
    ...third,
    id: `${third.id}-${index}`,
    buildHours: third.buildHours + 10 * index,
  }))
  return { ...inputs, draws: 10_000, residency: [], parties: [...inputs.parties, ...more].slice(0, count) }
}

const folder = join(import.meta.dirname, '..', '..', 'examples', 'plans', 'middleware-for-both')
const { workspace } = await loadWorkspace(folder)
const { inputs, provenance } = resolvePlan([...workspace.plans.values()][0]!, {
  organization: (name) => workspace.organizations.get(name),
  platform: (name) => workspace.platforms.get(name),
})

const rows: Record<string, Row> = {}
for (const count of [2, 3, 4, 6]) {
  const plan = withParties(inputs, count)
  const { options } = evaluatePlan(plan)
  rows[`decide, ${count} parties`] = await measure(() => evaluatePlan(plan), options.length)
}
const report = evaluatePlan(inputs)
rows['print text'] = await measure(() => renderText(report, provenance), report.options.length)
rows['print page'] = await measure(() => renderPage(report, provenance), report.options.length)
rows['print memo'] = await measure(() => renderMemo(report, provenance), report.options.length)
console.table(rows)

const decided = rows['decide, 4 parties']!
const word =
  decided['median ms'] < 1000 ? 'reached' : decided['CPU ms'] < 1000 ? 'reached but for other programs on this machine' : 'missed'
console.log(
  `10,000 draws of ${decided.options} options: ${decided['median ms']} ms, ${decided['CPU ms']} ms of it processor time (aim: under 1,000 ms): ${word}`,
)
