import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { addDays } from '../agreements/index.ts'
import {
  readSource,
  type Sheet,
  type SheetKind,
  sheetHtml,
  sheetMarkdown,
  sideSheets,
  wholeSheets,
  writeSheets,
} from '../enablement/index.ts'
import { findIntegration } from '../readiness/index.ts'
import type { Io } from './io.ts'
import { readJudgedFiles, withJudgement } from './readiness.ts'

interface Options {
  side?: string
  format: string
  out?: string
  since?: string
}

const kinds: readonly string[] = [...sideSheets, ...wholeSheets]
const writers: Readonly<Record<string, { write: (sheet: Sheet) => string; ending: string }>> = {
  markdown: { write: sheetMarkdown, ending: 'md' },
  html: { write: sheetHtml, ending: 'html' },
}

/** `bridgekeeper enablement`: one page for each reader, from the true state. */
export function registerEnablement(program: Command, io: Io): void {
  withJudgement(program.command('enablement'))
    .summary('sheets for sales, onboarding and support, runbook, listing, release notes')
    .description(
      `Writes one page from the true state of an integration. It claims nothing that a check denies; what must not be promised yet is listed
with the reason, and left out where customers read.

Examples:
  bridgekeeper enablement sales acme-bolt --side acme
  bridgekeeper enablement support acme-bolt --format html --out sheets
  bridgekeeper enablement release-notes acme-bolt --since 2026-06-01`,
    )
    .argument('<sheet>', kinds.join(', '))
    .argument('<integration>')
    .option('--side <organization>', 'for sales, onboarding and support; left out: each side that brings a platform')
    .option('--format <format>', 'markdown or html', 'markdown')
    .option('--out <folder>', 'write files there instead of printing')
    .option('--since <day>', 'release notes: what happened after this day; default: 90 days ago')
    .action((kind: string, integration: string, options: Options, command: Command) => write(io, command, kind, integration, options))
}

async function write(io: Io, command: Command, kind: string, name: string, { side, format, out, since }: Options): Promise<void> {
  const writer = writers[format]
  if (!kinds.includes(kind)) command.error(`error: sheets are ${kinds.join(', ')}; found ${kind}`, { exitCode: 2 })
  if (!writer) command.error(`error: --format is markdown or html; found ${format}`, { exitCode: 2 })
  const { workspace, facts, today } = await readJudgedFiles(io, command)
  const source = readSource(workspace, findIntegration(workspace, name), facts.of(name), today)
  const sheets = writeSheets(source, { kind: kind as SheetKind, since: since ?? addDays(today, -90), ...(side && { side }) })
  if (io.json) return io.printJson(sheets)
  if (sheets.some((sheet) => sheet.sections.length === 0))
    io.note(`Nothing can be said to customers yet: \`bridgekeeper enablement sales ${name}\` tells what is missing and why.`)
  if (out === undefined) return io.print(sheets.map(writer!.write).join('\n').trimEnd())
  const folder = resolve(io.cwd, out)
  await mkdir(folder, { recursive: true })
  for (const sheet of sheets) {
    const file = join(folder, `${[name, kind, sheet.side].filter(Boolean).join('-')}.${writer!.ending}`)
    await writeFile(file, writer!.write(sheet))
    io.note(`Wrote ${file}`)
  }
}
