import type { Command } from 'commander'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

interface Drill {
  kind: string
  side: string
  heldAt: string
  answeredBy: string | null
  answeredAfterMs: number | null
  evidence: string | null
  note: string | null
  recordedBy: string
}

interface Canary {
  scenario: string
  outcome: 'succeeded' | 'failed'
  lastAt: string
  lastSucceededAt: string | null
  detail: string | null
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `12m`, `1.5h` or `2d`. @throws cli.time_expected */
export function readElapsed(written: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(written) ?? []
  if (amount === undefined || unit === undefined) throw errors.time_expected({ found: written })
  return Math.round(Number(amount) * unitMs[unit]!)
}

function writeElapsed(ms: number): string {
  const [unit, size] = Object.entries(unitMs).findLast(([, size]) => ms >= size) ?? ['s', 1000]
  return `${Math.round((ms / size) * 10) / 10}${unit}`
}

const pathOf = (integration: string, what: string): string => `/integrations/${encodeURIComponent(integration)}/${what}`

/** `bridgekeeper drills` and `bridgekeeper canaries`: what was tried on purpose. */
export function registerDrills(program: Command, io: Io): void {
  const drills = program
    .command('drills')
    .summary('record who answered when they were called on purpose')
    .description('Contact drills, on-call drills and alert self-tests. Readiness asks for them; a row is never changed.')
  drills
    .command('record')
    .description(
      `Records one drill. Without --answered-by no human answered; an automatic reply is no answer. Nobody confirms their own answer.

Examples:
  bridgekeeper drills record acme-bolt contact --side bolt --by acme/ada --answered-by bolt/ben --after 3h
  bridgekeeper drills record acme-bolt on-call --side bolt --by acme/ada --at 2026-11-20T03:00:00Z`,
    )
    .argument('<integration>')
    .argument('<kind>', 'contact, on-call or alert')
    .requiredOption('--side <organization>', 'who was called')
    .requiredOption('--by <organization/person>', 'who records it')
    .option('--answered-by <name>', 'the human who answered')
    .option('--after <time>', 'how long it took: 90s, 12m, 3h, 2d')
    .option('--at <time>', 'when the call was made, such as 2026-11-20T03:00:00Z; left out: now, less the time until the answer')
    .option('--evidence <url>', 'where the answer can be read')
    .option('--note <text>')
    .action(async (integration: string, kind: string, options: Record<string, string>) => {
      const { side, by, answeredBy, after, at, evidence, note } = options
      if ((answeredBy === undefined) !== (after === undefined)) throw errors.answer_incomplete({})
      const answer = answeredBy !== undefined && after !== undefined ? { by: answeredBy, afterMs: readElapsed(after) } : undefined
      const body = {
        kind,
        side,
        by,
        ...(answer && { answer }),
        ...(at && { heldAt: at }),
        ...(evidence && { evidence }),
        ...(note && { note }),
      }
      const told = await (await connectApi(io)).post<{ id: string }>(pathOf(integration, 'drills'), body)
      if (io.json) return io.printJson(told)
      io.print(answer ? `Recorded: ${answer.by} answered for ${side} after ${after}.` : `Recorded: nobody answered for ${side}.`)
    })
  drills
    .command('list')
    .description('Newest first.')
    .argument('<integration>')
    .option('--limit <n>', 'how many', '50')
    .option('--before <drill>', 'only what comes after this one in the list, by its id')
    .action(async (integration: string, options: { limit: string; before?: string }) => {
      const path = `${pathOf(integration, 'drills')}${queryOf(options)}`
      const answer = await (await connectApi(io)).get<{ drills: Drill[]; next: string | null }>(path)
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.drills,
        [
          { title: 'HELD', value: (row) => row.heldAt.slice(0, 16) },
          { title: 'KIND', value: (row) => row.kind },
          { title: 'SIDE', value: (row) => row.side },
          { title: 'ANSWERED BY', value: (row) => row.answeredBy ?? 'nobody' },
          { title: 'AFTER', value: (row) => (row.answeredAfterMs === null ? '' : writeElapsed(row.answeredAfterMs)) },
          { title: 'RECORDED BY', value: (row) => row.recordedBy },
          { title: 'EVIDENCE', value: (row) => row.evidence ?? row.note },
        ],
        'No drills recorded yet. Call somebody, then: bridgekeeper drills record --help',
      )
      tellMore(io, '--before', answer.next)
    })
  registerCanaries(program, io)
}

function registerCanaries(program: Command, io: Io): void {
  const canaries = program
    .command('canaries')
    .summary('send synthetic events, and see what they found')
    .description(
      'A scenario with `canary` in its file is sent by Bridgekeeper through its own ingress, as often as `canaryEvery` says. For one without, your own monitor sends the event, looks at the other end, and reports.',
    )
  canaries
    .command('run')
    .description('Sends one now, waits for its end and records it. Exit code 1 when it failed.')
    .argument('<integration>')
    .argument('<scenario>', 'name from spec.scenarios, with a canary')
    .action(async (integration: string, scenario: string) => {
      const path = `${pathOf(integration, 'canaries')}/${encodeURIComponent(scenario)}/run`
      const found = await (await connectApi(io)).post<{ outcome: 'succeeded' | 'failed'; detail: string }>(path, {})
      if (found.outcome === 'failed') io.exitCode = 1
      if (io.json) return io.printJson(found)
      io.print(`${scenario}: ${found.outcome}: ${found.detail}.`)
    })
  canaries
    .command('report')
    .description(
      `Reports the outcome for one scenario of the integration's file.

Example:
  bridgekeeper canaries report acme-bolt invoice-out succeeded`,
    )
    .argument('<integration>')
    .argument('<scenario>', 'name from spec.scenarios')
    .argument('<outcome>', 'succeeded or failed')
    .option('--at <time>', 'when it was seen; left out: now')
    .option('--detail <text>')
    .action(async (integration: string, scenario: string, outcome: string, { at, detail }: { at?: string; detail?: string }) => {
      const body = { scenario, outcome, ...(at && { at }), ...(detail && { detail }) }
      const answer = await (await connectApi(io)).post<{ result: 'recorded' | 'older' }>(pathOf(integration, 'canaries'), body)
      if (io.json) return io.printJson(answer)
      io.print(answer.result === 'recorded' ? `${scenario}: ${outcome}.` : `${scenario}: a newer report is known; nothing changed.`)
    })
  canaries
    .command('list')
    .description('The newest word of each canary.')
    .argument('<integration>')
    .action(async (integration: string) => {
      const answer = await (await connectApi(io)).get<{ canaries: Canary[] }>(pathOf(integration, 'canaries'))
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.canaries,
        [
          { title: 'SCENARIO', value: (row) => row.scenario },
          { title: 'OUTCOME', value: (row) => row.outcome },
          { title: 'AT', value: (row) => row.lastAt.slice(0, 16) },
          { title: 'LAST SUCCESS', value: (row) => row.lastSucceededAt?.slice(0, 16) ?? 'never' },
          { title: 'DETAIL', value: (row) => row.detail },
        ],
        'No canary has reported yet. See: bridgekeeper canaries --help',
      )
    })
}
