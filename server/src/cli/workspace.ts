import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { wrapText } from '../terminal/index.ts'
import {
  countProblems,
  errors,
  explainProblems,
  exportBackstage,
  exportCommonPaper,
  exportOpenSlo,
  type ImportPlan,
  loadWorkspace,
  mendWorkspace,
  planBackstageImport,
  planOpenSloImport,
  type Workspace,
  writeDocuments,
  writeImport,
  writeJsonSchemas,
} from '../workspace/index.ts'
import type { Io } from './io.ts'

/** `bridgekeeper workspace …`: the files that two companies agree on. */
export function registerWorkspace(program: Command, io: Io): void {
  const workspace = program
    .command('workspace')
    .summary('check, mend, import and export the files of a workspace')
    .description(
      'The files in which two companies write down what they agree on: organizations, platforms, integrations, agreements, plans.',
    )
  registerCheck(workspace, io)
  registerSchemas(workspace, io)
  registerImport(workspace, io)
  registerExport(workspace, io)
}

const workspaceOption = ['--workspace <folder>', 'folder with bridgekeeper.yaml; default: the current folder or one above it'] as const

function registerCheck(parent: Command, io: Io): void {
  parent
    .command('check')
    .summary('validate all files as a whole')
    .description(
      `Reads every entity file of the workspace and reports all problems at once: where, what was expected, what is there, how to mend it.

Examples:
  bridgekeeper workspace check
  bridgekeeper workspace check --fix     comments and formatting stay
  bridgekeeper workspace check --json    for editors and CI`,
    )
    .option('--fix', 'mend what needs no judgement: tabs, spelling of fields and words, quotes, forms of dates and amounts')
    .option(...workspaceOption)
    .action(async ({ fix, workspace: folder = io.cwd }: { fix?: boolean; workspace?: string }) => {
      const checked = fix ? await mendWorkspace(folder) : { ...(await loadWorkspace(folder)), mended: [] }
      const { workspace, problems, mended, ignored } = checked
      if (problems.length > 0) io.exitCode = 1
      if (io.json) return io.printJson({ root: workspace.root, problems, mended, ignored })
      for (const { file, line, message } of mended) io.print(`${io.green('mended')} ${file}:${line}  ${message}`)
      if (problems.length > 0) io.print(`${wrappedProblems(explainProblems(problems), io.columns)}\n`)
      io.print(problems.length > 0 ? io.red(countProblems(problems)) : io.green(`${countProblems(problems)} ${census(workspace)}`))
      if (ignored.length > 0) io.note(io.dim(`Not read, because they hold no entities: ${ignored.join(', ')}`))
    })
}

/** Sentences break between words; the lines of the files and the marks below them stay. */
const wrappedProblems = (text: string, columns: number | undefined): string =>
  text
    .split('\n')
    .map((line) => (/^ *\d* \| /.test(line) ? line : wrapText(line, columns)))
    .join('\n')

/** "3 organizations, 2 platforms, 1 integration": what is in order, so that nobody takes an empty folder for a valid one. */
function census({ organizations, platforms, integrations, agreements, plans }: Workspace): string {
  const counts = { organization: organizations, platform: platforms, integration: integrations, agreement: agreements, plan: plans }
  const parts = Object.entries(counts).map(([word, { size }]) => `${size} ${word}${size === 1 ? '' : 's'}`)
  return `${parts.join(', ')}.`
}

function registerSchemas(parent: Command, io: Io): void {
  parent
    .command('schemas')
    .summary('write JSON Schemas for editors')
    .description(
      `Writes one JSON Schema for each kind of entity, and entity.schema.json that chooses among them by kind. With the YAML extension of
VS Code:
  { "yaml.schemas": { "./schemas/entity.schema.json": ["**/*.yaml"] } }

Examples:
  bridgekeeper workspace schemas
  bridgekeeper workspace schemas --check    in CI: are they up to date?`,
    )
    .option('--out <folder>', 'where to write them', 'schemas')
    .option('--check', 'write nothing; say whether they are up to date')
    .action(async ({ out, check }: { out: string; check?: boolean }) => {
      const files = await writeJsonSchemas(resolve(io.cwd, out), check)
      if (files.some(({ state }) => state === 'stale')) io.exitCode = 1
      if (io.json) return io.printJson(files)
      io.printTable(
        files,
        [
          { title: 'FILE', value: ({ file }) => `${out}/${file}` },
          { title: 'STATE', value: ({ state }) => (state === 'unchanged' ? 'up to date' : state) },
        ],
        '',
      )
    })
}

interface ImportOptions {
  organization?: string
  integration?: string
  write?: boolean
  workspace?: string
}

function registerImport(parent: Command, io: Io): void {
  parent
    .command('import')
    .summary('take over Backstage or OpenSLO files')
    .description(
      `Shows the entity files that a Backstage catalogue or OpenSLO file gives, and what it leaves out and why. What the source does not say
carries a comment "assumed". Nothing is written without --write, and no file is written over.

Examples:
  bridgekeeper workspace import backstage catalog-info.yaml --organization acme
  bridgekeeper workspace import openslo slos.yaml --integration ticket-sync --write`,
    )
    .argument('<format>', 'backstage or openslo')
    .argument('<file>', 'the file to read')
    .option('--organization <name>', 'backstage: owner of what no group in the file owns')
    .option('--integration <name>', 'openslo: the integration that all service levels are for')
    .option('--write', 'write the files')
    .option(...workspaceOption)
    .action(async (format: string, file: string, options: ImportOptions) => {
      const { workspace } = await loadWorkspace(options.workspace ?? io.cwd)
      const path = resolve(io.cwd, file)
      if (format !== 'backstage' && format !== 'openslo') throw errors.format_unknown({ format, known: 'backstage, openslo' })
      const plan =
        format === 'backstage'
          ? await planBackstageImport(workspace, path, options.organization)
          : await planOpenSloImport(workspace, path, options.integration)
      if (options.write) await writeImport(workspace, plan)
      if (io.json) io.printJson({ ...plan, written: options.write ?? false })
      else printImport(io, plan, options.write ?? false)
    })
}

/** Entity files whole; of a contract of thousands of lines its beginning. */
function beginningOf(text: string): string {
  const lines = text.split('\n')
  return lines.length <= 80 ? text : `${lines.slice(0, 12).join('\n')}\n… and ${lines.length - 12} more lines\n`
}

function printImport(io: Io, { files, leftOut }: ImportPlan, written: boolean): void {
  for (const { path, text, state } of files) {
    io.print(io.bold(`${written ? 'written' : state}  ${path}`))
    if (!written) io.print(beginningOf(text))
  }
  for (const { what, why } of leftOut) io.print(`${io.yellow('left out')}  ${what}: ${why}`)
  if (files.length === 0) io.note('Nothing to write.')
  else io.note(written ? 'Next: bridgekeeper workspace check' : 'Nothing is written yet. Add --write to write these files.')
}

function registerExport(parent: Command, io: Io): void {
  parent
    .command('export')
    .summary('give the workspace to Backstage, OpenSLO tools or lawyers')
    .description(
      `Prints the workspace in somebody else's format.

Examples:
  bridgekeeper workspace export backstage --out catalog-info.yaml
  bridgekeeper workspace export openslo
  bridgekeeper workspace export common-paper acme-2026`,
    )
    .argument('<format>', 'backstage, openslo or common-paper')
    .argument('[agreement]', 'common-paper: name of the agreement')
    .option('--out <file>', 'write to a file instead of printing')
    .option(...workspaceOption)
    .action(
      async (format: string, agreement: string | undefined, { out, workspace: folder = io.cwd }: { out?: string; workspace?: string }) => {
        const { workspace, problems } = await loadWorkspace(folder)
        if (problems.length > 0)
          io.note(`The workspace has problems (${problems.length}), so this may be incomplete: see \`bridgekeeper workspace check\`.`)
        const text = exported(workspace, format, agreement, io)
        if (out === undefined) return io.print(text.trimEnd())
        await writeFile(resolve(io.cwd, out), text)
        io.note(`Written to ${out}`)
      },
    )
}

/** What was asked for: YAML for Backstage and OpenSLO (JSON with --json), JSON for Common Paper. */
function exported(workspace: Workspace, format: string, agreement: string | undefined, io: Io): string {
  const write = (values: readonly unknown[]) => (io.json ? `${JSON.stringify(values, null, 2)}\n` : writeDocuments(values))
  if (format === 'backstage') return write(exportBackstage(workspace))
  if (format === 'openslo') {
    const { objects, leftOut } = exportOpenSlo(workspace)
    for (const { what, why } of leftOut) io.note(`left out  ${what}: ${why}`)
    return write(objects)
  }
  if (format !== 'common-paper') throw errors.format_unknown({ format, known: 'backstage, openslo, common-paper' })
  const chosen = workspace.agreements.get(agreement ?? '')
  if (!chosen)
    throw errors.agreement_unknown({ name: agreement ?? '(not named)', known: [...workspace.agreements.keys()].join(', ') || 'none' })
  return `${JSON.stringify(exportCommonPaper(workspace, chosen), null, 2)}\n`
}
