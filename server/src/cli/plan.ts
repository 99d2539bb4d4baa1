import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import { parseDocument } from 'yaml'
import {
  type Calibration,
  evaluatePlan,
  maintenanceInWords,
  type PlanReport,
  type Provenance,
  type ResolvedPlan,
  renderMemo,
  renderPage,
  renderText,
  resolvePlan,
} from '../planning/index.ts'
import { wrapText } from '../terminal/index.ts'
import { loadWorkspace, type Plan, type Workspace, writeDocuments } from '../workspace/index.ts'
import { connectApi } from './api-client.ts'
import { findPlan } from './find-plan.ts'
import { type Answer, holdInterview, keepAnswers, readAnswers } from './interview-session.ts'
import type { Io } from './io.ts'
import { errors } from './plan-errors.ts'
import { type InterviewResult, interview } from './plan-interview.ts'
import { registerReview } from './plan-review.ts'
import { dataFolder } from './server-file.ts'
import { chooseAtTerminal, terminalInterviewer } from './terminal-interviewer.ts'

/** `bridgekeeper plan`: who can, who should, what it costs. */
export function registerPlan(program: Command, io: Io): void {
  const plan = program
    .command('plan')
    .summary('decide who should build, host, sell and support a bridge')
    .description(
      `Computes a plan: which combinations of builder, host, seller and supporter are possible, what each is worth to whom (10,000 draws, same
seed, same numbers), when a party’s motivation ends, what matters most, and whether to start at all. Exit code 0: start. 1: any other answer.

Without a plan it asks what it needs, explains each question, and saves the plan as a file. Type back to change the answer before; Ctrl-C
keeps the answers, and the next time it goes on from there.

Examples:
  bridgekeeper plan                                          asks
  bridgekeeper plan plans/acme-hooli.yaml                    prints the decision
  bridgekeeper plan acme-hooli --format html --out plan.html a page with pictures, charts and sliders
  bridgekeeper plan acme-hooli --format pdf --out memo.pdf   one page for people who were not in the room
  bridgekeeper plan calibrate plans/acme-hooli.yaml          takes over what your house has learned from hours worked`,
    )
    .argument('[plan]', 'file of a plan, or name of a plan of this workspace')
    .option('--format <format>', 'text, json, html or pdf', 'text')
    .option('--out <file>', 'write to a file; without a plan: where to save it')
    .action(async (name: string | undefined, options: PlanOptions, command: Command) => {
      const folder: string = command.optsWithGlobals().workspace ?? io.cwd
      if (name === undefined) await ask(io, folder, options)
      else await decide(io, folder, name, options)
    })
  registerReview(plan, io)
  registerCalibrate(plan, io)
}

interface PlanOptions {
  format: string
  out?: string
}

const resolved = (plan: Plan, workspace: Workspace): ResolvedPlan =>
  resolvePlan(plan, { organization: (key) => workspace.organizations.get(key), platform: (key) => workspace.platforms.get(key) })

async function decide(io: Io, folder: string, name: string, { format, out }: PlanOptions): Promise<void> {
  const { plan, workspace } = await findPlan(folder, io.cwd, name)
  const { inputs, provenance } = resolved(plan, workspace)
  const report = evaluatePlan(inputs)
  if (report.verdict.answer !== 'start') io.exitCode = 1
  const bytes = await rendered(report, provenance, io.json ? 'json' : format, out === undefined ? io.columns : undefined)
  if (out !== undefined) {
    await mkdir(dirname(resolve(io.cwd, out)), { recursive: true })
    await writeFile(resolve(io.cwd, out), bytes)
    io.note(`${report.verdict.headline}\nWritten to ${out}`)
  } else if (typeof bytes === 'string') io.print(bytes.trimEnd())
  else process.stdout.write(bytes)
}

async function rendered(
  report: PlanReport,
  provenance: Readonly<Record<string, Provenance>>,
  format: string,
  columns: number | undefined,
): Promise<string | Uint8Array> {
  if (format === 'text') return renderText(report, provenance, columns)
  if (format === 'json') return `${JSON.stringify({ ...report, provenance }, null, 2)}\n`
  if (format === 'html') return renderPage(report, provenance)
  if (format === 'pdf') return renderMemo(report, provenance)
  throw errors.format_unknown({ format })
}

async function ask(io: Io, folder: string, { out }: PlanOptions): Promise<void> {
  if (!io.interactive) throw errors.no_terminal({})
  const known = await loadWorkspace(folder).catch(() => undefined)
  const root = known?.workspace.root ?? folder
  if (out !== undefined && existsSync(resolve(io.cwd, out))) throw errors.file_exists({ file: out })
  const { name, documents } = await interviewAtTerminal(known?.workspace, resolve(dataFolder(root), 'plan-answers.json'))
  const file = resolve(io.cwd, out ?? freeFile(resolve(root, 'plans'), name))
  await save(file, known ? undefined : root, documents)
  const saved = `Saved as ${relative(io.cwd, file)}. Every number in it can be changed; numbers that are not there are assumptions.`
  io.note(`${wrapText(saved, io.columns)}\n`)
  await decide(io, root, file, { format: 'text' })
  io.note(`\nNext: bridgekeeper plan ${relative(io.cwd, file)} --format html --out plan.html`)
}

/** Goes on with an interview that was broken off, if the person wants to. Whatever ends it, the answers given are kept until it is over. */
async function interviewAtTerminal(workspace: Workspace | undefined, file: string): Promise<InterviewResult> {
  terminalInterviewer.explain('Type back to change the answer before. Ctrl-C stops, and keeps your answers for the next time.')
  const kept = await readAnswers(file)
  const goOn = kept.length > 0 && (await wantsToGoOn(kept))
  const answers = goOn ? kept : []
  try {
    const result = await holdInterview(terminalInterviewer, (ask) => interview(ask, workspace), answers)
    await keepAnswers(file, [])
    return result
  } catch (error) {
    await keepAnswers(file, answers)
    throw error
  }
}

const wantsToGoOn = async (kept: readonly Answer[]): Promise<boolean> =>
  (await chooseAtTerminal({
    message: `An interview was broken off after ${kept.length} ${kept.length === 1 ? 'answer' : 'answers'}, the last to “${kept.at(-1)!.message}” Go on with it?`,
    options: [
      { value: 'on', label: 'Go on where it stopped' },
      { value: 'anew', label: 'Begin anew', hint: 'those answers are forgotten' },
    ],
  })) === 'on'

function freeFile(folder: string, name: string): string {
  const candidates = [name, ...Array.from({ length: 98 }, (_, index) => `${name}-${index + 2}`)].map((one) =>
    resolve(folder, `${one}.yaml`),
  )
  return candidates.find((file) => !existsSync(file)) ?? candidates[0]!
}

/** Writes the documents, and the root file of a workspace where there is none. @throws plan.file_exists */
export async function save(file: string, newRoot: string | undefined, documents: readonly object[]): Promise<void> {
  if (existsSync(file)) throw errors.file_exists({ file })
  await mkdir(dirname(file), { recursive: true })
  const root = { apiVersion: 'bridgekeeper.dev/v1', kind: 'Workspace', metadata: { name: 'workspace' }, spec: {} }
  if (newRoot !== undefined) await writeFile(resolve(newRoot, 'bridgekeeper.yaml'), writeDocuments([root]), { flag: 'wx' })
  await writeFile(file, writeDocuments(documents), { flag: 'wx' })
}

function registerCalibrate(parent: Command, io: Io): void {
  parent
    .command('calibrate')
    .summary('write the factors learned from hours worked into a plan')
    .description(
      `Compares every launched plan with the hours that were recorded for its build, and writes what follows for estimates into the plan:
buildP50Factor, buildP90Factor and where they come from; maintenancePerYear, from plans that launched at least half a year ago. Where customers and cash of launched plans are known, customersFactor and
cashFactor say what came of such hopes. Comments and everything else in the file stay. Asks the running server.

Example:
  bridgekeeper plan calibrate plans/acme-hooli.yaml`,
    )
    .argument('<plan>', 'file or name of a plan')
    .action(async (name: string, _: unknown, command: Command) => {
      const folder: string = command.optsWithGlobals().workspace ?? io.cwd
      const { plan, file } = await findPlan(folder, io.cwd, name)
      const api = await connectApi(io, folder)
      const learned = await api.get<Calibration>('/calibration')
      await writeFile(file, withFactors(await readFile(file, 'utf8'), plan.metadata.name, learned))
      if (io.json) return io.printJson(learned)
      io.print(
        `${name}: half of the builds within ${learned.p50Factor.toFixed(2)} times the estimate, nine of ten within ${learned.p90Factor.toFixed(2)} times (${learned.source}).`,
      )
      const { perYearPercent, source: maintenanceSource } = learned.maintenance
      if (perYearPercent) io.print(`${maintenanceInWords(perYearPercent)} (${maintenanceSource}).`)
      else io.print('Maintenance: no launched plan has half a year of it recorded; the plan keeps its own.')
      const { customersFactor, cashFactor, source } = learned.money
      if (source === undefined) io.print('Money: no launched plan has customers or cash incentives recorded; hopes are taken as given.')
      if (customersFactor !== undefined) io.print(`Customers: ${customersFactor.toFixed(2)} of those hoped for (${source}).`)
      if (cashFactor !== undefined) io.print(`Cash incentives: ${cashFactor.toFixed(2)} of those hoped for (${source}).`)
    })
}

type LearnedFactors = Pick<Calibration, 'p50Factor' | 'p90Factor' | 'source'> & Partial<Pick<Calibration, 'money' | 'maintenance'>>

/** The text of a file with the factors of one plan replaced; comments stay where they are. */
export function withFactors(text: string, planName: string, learned: LearnedFactors): string {
  // A file may hold several documents; each is read and printed by itself, so that the others stay byte for byte.
  return text
    .split(/^(?=---\s*$)/m)
    .map((part) => {
      const document = parseDocument(part.replace(/^---\s*\n/, ''))
      if (document.get('kind') !== 'Plan' || document.getIn(['metadata', 'name']) !== planName) return part
      document.setIn(['spec', 'assumptions', 'buildP50Factor'], Math.round(learned.p50Factor * 1000) / 1000)
      document.setIn(['spec', 'assumptions', 'buildP90Factor'], Math.round(learned.p90Factor * 1000) / 1000)
      document.setIn(['spec', 'assumptions', 'buildFactorsFrom'], learned.source)
      const { perYearPercent, source: maintenanceSource } = learned.maintenance ?? {}
      if (perYearPercent) {
        const range = Object.entries(perYearPercent).map(([place, percent]) => [place, `${Math.round(percent * 10) / 10}%`])
        document.setIn(['spec', 'assumptions', 'maintenancePerYear'], document.createNode(Object.fromEntries(range), { flow: true }))
        document.setIn(['spec', 'assumptions', 'maintenanceFrom'], maintenanceSource)
      }
      const { customersFactor, cashFactor, source } = learned.money ?? {}
      for (const [field, factor] of Object.entries({ customersFactor, cashFactor }))
        if (factor !== undefined) document.setIn(['spec', 'assumptions', field], Math.round(factor * 1000) / 1000)
      if (source !== undefined) document.setIn(['spec', 'assumptions', 'moneyFactorsFrom'], source)
      return `${part.startsWith('---') ? '---\n' : ''}${document.toString({ lineWidth: 0, flowCollectionPadding: true })}`
    })
    .join('')
}
