import type { Command } from 'commander'
import type { RecordedReceipt } from '../planning/index.ts'
import { writeMoney } from '../workspace/index.ts'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import { readAmount } from './customer-options.ts'
import type { Io } from './io.ts'

/** `bridgekeeper receipts`: what the incentives of plans really brought. */
export function registerReceipts(program: Command, io: Io): void {
  const receipts = program
    .command('receipts')
    .summary('record what incentives of a plan really brought')
    .description(
      'What somebody counted on when a bridge was decided, and what came of it. `plan review` compares the two, `plan calibrate` makes the next plan believe accordingly.',
    )
  registerAdd(receipts, io)
  registerList(receipts, io)
}

const folderOf = (command: Command, io: Io): string => command.optsWithGlobals().workspace ?? io.cwd

function registerAdd(parent: Command, io: Io): void {
  parent
    .command('add')
    .summary('record one amount')
    .description(
      `Records what one incentive brought. Who received it follows from the plan. A soft incentive needs a note that says what was measured;
0 needs one too: somebody has looked, and nothing came. A negative amount corrects; nothing is changed or deleted.

Examples:
  bridgekeeper receipts add "12000.00 EUR" hooli-cash --plan acme-hooli --on 2026-09-30
  bridgekeeper receipts add "4000.00 EUR" acme-stickiness --plan acme-hooli --note "churn of 2 % instead of 3 % in an A/B test"
  bridgekeeper receipts add --plan acme-hooli -- "-2000.00 EUR" hooli-cash`,
    )
    .argument('<amount>', 'like "1250.00 EUR"')
    .argument('<incentive>', 'id of the incentive in the plan')
    .requiredOption('--plan <name>', 'the plan')
    .option('--on <day>', 'YYYY-MM-DD; left out: today')
    .option('--note <text>')
    .action(async (amount: string, incentive: string, options: { plan: string; on?: string; note?: string }, command: Command) => {
      const receivedOn = options.on ?? new Date().toISOString().slice(0, 10)
      const note = options.note === undefined ? {} : { note: options.note }
      const entry = { plan: options.plan, incentive, amount: signedAmount(amount), receivedOn, ...note }
      const api = await connectApi(io, folderOf(command, io))
      const answer = await api.post<{ added: number }>('/receipts', { entries: [entry] })
      if (io.json) io.printJson(answer)
      else io.print(`Recorded ${writeMoney(entry.amount)} from ${incentive} on ${receivedOn}.`)
    })
}

/** A correction is typed after `--`, so that its minus sign is not taken for an option. */
function signedAmount(written: string): { amountMinor: number; currency: string } {
  if (!written.startsWith('-')) return readAmount(written)
  const { amountMinor, currency } = readAmount(written.slice(1))
  return { amountMinor: -amountMinor, currency }
}

function registerList(parent: Command, io: Io): void {
  parent
    .command('list')
    .summary('show entries, newest first')
    .description('A key of an organization sees what it received itself.')
    .option('--plan <name>')
    .option('--limit <n>', 'how many', '50')
    .option('--before <entry>', 'only what comes after this one in the list, by its id')
    .action(async (options: { plan?: string; limit: string; before?: string }, command: Command) => {
      const api = await connectApi(io, folderOf(command, io))
      const { entries, next } = await api.get<{ entries: RecordedReceipt[]; next: string | null }>(`/receipts${queryOf(options)}`)
      if (io.json) return io.printJson(entries)
      io.printTable(
        entries,
        [
          { title: 'DAY', value: (row) => row.receivedOn },
          { title: 'AMOUNT', value: (row) => writeMoney(row.amount), align: 'right' },
          { title: 'INCENTIVE', value: (row) => row.incentive },
          { title: 'RECEIVED BY', value: (row) => row.organization },
          { title: 'PLAN', value: (row) => row.plan },
          { title: 'NOTE', value: (row) => row.note, maxWidth: 60 },
        ],
        'Nothing recorded yet. Record something with: bridgekeeper receipts add "…" <incentive> --plan …',
      )
      tellMore(io, '--before', next)
    })
}
