import type { Command } from 'commander'
import {
  balanceOf,
  coverageInWords,
  coverageOf,
  diffAgreements,
  findAgreement,
  firstDayFrom,
  incentiveMatrix,
  lintAgreement,
  minimumOf,
  peopleOf,
  readAgreement,
  sumsInWords,
  supersededBy,
} from '../agreements/index.ts'
import { wrapText } from '../terminal/index.ts'
import { type Agreement, type Integration, percent, writeMoney } from '../workspace/index.ts'
import type { Io } from './io.ts'
import { type JudgedFiles, readJudgedFiles, withJudgement } from './readiness.ts'

const say = (io: Io, text: string): void => io.print(wrapText(text, io.columns))

/** `bridgekeeper agreements`: what was signed, and what it is worth. */
export function registerAgreements(program: Command, io: Io): void {
  const agreements = program
    .command('agreements')
    .summary('what is only best effort, what is covered, what changed, who is motivated')
    .description(
      'Reads agreements as data: which promises can be measured, what each side could stop doing, what a new version changes, whether it pays.',
    )
  registerLint(agreements, io)
  registerDiff(agreements, io)
  registerCoverage(agreements, io)
  registerIncentives(agreements, io)
}

/** The agreement named, or every one that is not terminated. */
function chosen({ workspace }: JudgedFiles, name: string | undefined): Agreement[] {
  if (name !== undefined) return [findAgreement(workspace, name)]
  return [...workspace.agreements.values()].filter(({ spec }) => spec.status !== 'terminated')
}

function integrationsOf({ workspace }: JudgedFiles, { spec }: Agreement): Integration[] {
  return spec.integrations.flatMap((name) => workspace.integrations.get(name) ?? [])
}

const heading = (io: Io, { metadata, spec }: Agreement): string =>
  io.bold(`${metadata.title ?? metadata.name} (${metadata.name} ${spec.version}, ${spec.status})`)
const nothing = 'The workspace has no agreement. Describe one in a file of kind Agreement.'

function registerLint(parent: Command, io: Io): void {
  withJudgement(parent.command('lint'))
    .summary('find promises that bind nobody, terms that end too early, incentives that have gone')
    .description('An obligation without measure, target and remedy is best effort, whatever its words. Exit code 1 when anything is found.')
    .argument('[agreement]', 'name; left out: all that are not terminated')
    .action(async (name: string | undefined, _, command: Command) => {
      const files = await readJudgedFiles(io, command)
      const results = chosen(files, name).map((agreement) => ({
        agreement,
        findings: lintAgreement(agreement, contextOf(files, agreement)),
      }))
      if (results.some(({ findings }) => findings.length > 0)) io.exitCode = 1
      if (io.json) return io.printJson(results.map(({ agreement, findings }) => ({ agreement: agreement.metadata.name, findings })))
      if (results.length === 0) io.note(nothing)
      for (const { agreement, findings } of results) {
        say(io, `${heading(io, agreement)}: ${findings.length === 0 ? io.green('nothing found') : `${findings.length} found`}`)
        for (const { level, rule, says, fix } of findings)
          say(
            io,
            `  ${level === 'gap' ? io.yellow(level) : io.red(level)}  ${says}${rule === level ? '' : `  ${io.dim(rule)}`}\n    → ${fix}`,
          )
      }
    })
}

function contextOf(files: JudgedFiles, agreement: Agreement) {
  const instances = agreement.spec.integrations.flatMap((name) => files.facts.of(name).instances ?? [])
  const customersUntil = instances
    .flatMap((instance) => (instance.paying ? (instance.termEndsOn ?? []) : []))
    .sort()
    .at(-1)
  const { today, workspace } = files
  return {
    today,
    integrations: integrationsOf(files, agreement),
    organizations: workspace.organizations,
    ...(customersUntil && { customersUntil }),
  }
}

function registerDiff(parent: Command, io: Io): void {
  withJudgement(parent.command('diff'))
    .summary('what two versions of an agreement change, in plain words')
    .description(
      `Tells every difference in a sentence, and whether somebody is promised more or less.

Examples:
  bridgekeeper agreements diff acme-bolt-2027                       against the one that it supersedes
  bridgekeeper agreements diff acme-bolt-2026 acme-bolt-2027
  bridgekeeper agreements diff ./old/agreement.yaml acme-bolt-2027  a file counts too`,
    )
    .argument('<older>', 'name or file; alone: the newer one, compared with what it supersedes')
    .argument('[newer]', 'name or file')
    .action(async (first: string, second: string | undefined, _, command: Command) => {
      const { workspace } = await readJudgedFiles(io, command)
      const one = await readAgreement(workspace, first, io.cwd)
      const [before, after] =
        second === undefined ? [supersededBy(workspace, one), one] : [one, await readAgreement(workspace, second, io.cwd)]
      const changes = diffAgreements(before, after)
      if (io.json) return io.printJson(changes)
      if (changes.length === 0) say(io, 'Nothing that could bind anybody changed.')
      const colour = { stronger: io.green, weaker: io.red, neutral: io.dim }
      for (const { says, effect } of changes) say(io, `${colour[effect](effect.padEnd(8))}  ${says}`)
    })
}

function registerCoverage(parent: Command, io: Io): void {
  withJudgement(parent.command('coverage'))
    .summary('which critical duties are promised measurably, and what each side could stop doing tomorrow')
    .argument('[agreement]', 'name; left out: all that are not terminated')
    .action(async (name: string | undefined, _, command: Command) => {
      const files = await readJudgedFiles(io, command)
      const results = chosen(files, name).map((agreement) => ({
        agreement,
        coverage: coverageOf([agreement], integrationsOf(files, agreement)),
        minimum: minimumOf(agreement, integrationsOf(files, agreement), peopleOf(files.workspace), files.today, [
          ...files.workspace.agreements.values(),
        ]),
      }))
      if (io.json) return io.printJson(results.map(({ agreement, ...rest }) => ({ agreement: agreement.metadata.name, ...rest })))
      if (results.length === 0) io.note(nothing)
      for (const result of results) printCoverage(io, result)
    })
}

function printCoverage(
  io: Io,
  {
    agreement,
    coverage,
    minimum,
  }: { agreement: Agreement; coverage: ReturnType<typeof coverageOf>; minimum: ReturnType<typeof minimumOf> },
): void {
  say(io, heading(io, agreement))
  for (const one of coverage) {
    const { says, measurable, bestEffort, nothing } = coverageInWords(one)
    say(io, `  ${one.party}: ${says}`)
    if (measurable.length > 0) say(io, `    measurable          ${io.green(measurable.join(', '))}`)
    if (bestEffort.length > 0) say(io, `    only best effort    ${io.red(bestEffort.join(', '))}`)
    if (nothing.length > 0) say(io, `    not promised        ${io.red(nothing.join(', '))}`)
  }
  for (const { party, mustKeep, couldStop, unbound } of minimum) {
    say(io, `\n  ${party} must keep${unbound ? ` nothing: ${unbound}` : mustKeep.length === 0 ? ' nothing' : ':'}`)
    for (const { says } of mustKeep) say(io, `    ${says}`)
    say(io, `  ${party} could stop tomorrow and still comply${couldStop.length === 0 ? ': nothing' : ':'}`)
    for (const { says, critical } of couldStop) say(io, `    ${critical ? io.red('critical') : '        '}  ${says}`)
  }
  say(io, '')
}

function registerIncentives(parent: Command, io: Io): void {
  withJudgement(parent.command('incentives'))
    .summary('why each party should keep caring, and whether it pays')
    .description(
      'Hard and soft incentives with haircut and expiry, what the duties cost, and the balance. Exit code 1 when a party pays more than it earns.',
    )
    .argument('[agreement]', 'name; left out: all that are not terminated')
    .action(async (name: string | undefined, _, command: Command) => {
      const files = await readJudgedFiles(io, command)
      const { workspace, today } = files
      const results = chosen(files, name).map((agreement) => {
        const day = firstDayFrom(agreement, today)
        return {
          agreement,
          day,
          matrix: incentiveMatrix([agreement], day),
          balance: balanceOf([agreement], [...workspace.integrations.values()], workspace.organizations, day),
        }
      })
      if (results.some(({ balance }) => balance.some(({ verdict }) => verdict === 'short'))) io.exitCode = 1
      if (io.json) return io.printJson(results.map(({ agreement, balance }) => ({ agreement: agreement.metadata.name, balance })))
      if (results.length === 0) io.note(nothing)
      for (const { agreement, day, matrix, balance } of results) {
        say(io, `${heading(io, agreement)}${day === today ? '' : `, as of ${day}, when it begins`}`)
        printMatrix(io, matrix)
        for (const party of balance) printBalance(io, party)
        say(io, '')
      }
    })
}

function printMatrix(io: Io, matrix: ReturnType<typeof incentiveMatrix>): void {
  io.printTable(
    matrix.flatMap(({ party, rows }) => rows.map((row) => ({ party, ...row }))),
    [
      { title: 'PARTY', value: ({ party }) => party },
      { title: 'KIND', value: ({ incentive }) => incentive.kind },
      { title: 'INCENTIVE', value: ({ incentive }) => incentive.title, maxWidth: 40 },
      { title: 'PER YEAR', value: ({ incentive }) => writeMoney(incentive.amountPerYear), align: 'right' },
      { title: 'HAIRCUT', value: ({ haircutPpm }) => percent(haircutPpm), align: 'right' },
      { title: 'BELIEVED', value: ({ believed }) => writeMoney(believed), align: 'right' },
      { title: 'UNTIL', value: ({ incentive, state }) => (state === 'counts' ? incentive.expiresOn : state) },
    ],
    'No incentive is written down: nobody can say why either party should keep caring.',
  )
}

const dutiesInWords = (cost: Parameters<typeof sumsInWords>[0], unknown: readonly string[]): string => {
  if (unknown.length === 0) return sumsInWords(cost)
  return cost.length === 0 ? 'nobody knows how much' : `${sumsInWords(cost)} or more`
}

function printBalance(io: Io, { party, incentives, dutyCost, balance, verdict, unknown }: ReturnType<typeof balanceOf>[number]): void {
  const colour = verdict === 'covered' ? io.green : verdict === 'short' ? io.red : io.yellow
  say(
    io,
    `  ${party}: ${sumsInWords(incentives.hard)} hard, duties cost ${dutiesInWords(dutyCost, unknown)}, balance ${sumsInWords(balance)}: ${colour(verdict)}`,
  )
  for (const reason of unknown) say(io, io.dim(`    ${reason}`))
}
