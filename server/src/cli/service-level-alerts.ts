import type { Command } from 'commander'
import type { Alert } from '../service-levels/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'
import { percentOf, visibleNames } from './service-levels.ts'

interface ToldAlerts {
  alerts: Alert[]
  selfTest: { testedAt: string; outcome: string; detail: string | null } | null
}

/** `bridgekeeper slo alerts` and `slo ack`. */
export function registerAlerts(slo: Command, io: Io): void {
  slo
    .command('alerts')
    .summary('what burns or burned, who was called, and who looks at it')
    .description(
      `Error budgets that burn too fast and canaries that no longer get through: open ones first. The people of the side at fault are called level
by level until one of them acknowledges; where they are sent is listed by: bridgekeeper subscriptions list. An alert that nothing more is heard
of stays open as insufficient-data. Exit code 1 while one is open, or when the weekly self-test raised none.

Examples:
  bridgekeeper slo alerts
  bridgekeeper slo alerts acme-bolt --days 90`,
    )
    .argument('[integration]')
    .option('--days <days>', 'leave out what ended longer ago', '28')
    .action(async (integration: string | undefined, { days }: { days: string }) => {
      const api = await connectApi(io)
      const names = integration === undefined ? await visibleNames(api) : [integration]
      const told: (ToldAlerts & { integration: string })[] = []
      for (const name of names)
        told.push({
          integration: name,
          ...(await api.get<ToldAlerts>(`/integrations/${encodeURIComponent(name)}/alerts${queryOf({ days })}`)),
        })
      const untold = told.filter(({ selfTest }) => selfTest !== null && selfTest.outcome !== 'raised')
      if (untold.length > 0 || told.some(({ alerts }) => alerts.some(({ state }) => state !== 'ended'))) io.exitCode = 1
      if (io.json) return io.printJson(integration === undefined ? { integrations: told } : told[0])
      io.printTable(
        told.flatMap(({ alerts }) => alerts),
        [
          { title: 'STARTED', value: (row) => row.startedAt.slice(0, 16).replace('T', ' ') },
          { title: 'STATE', value: (row) => stateOf(io, row) },
          { title: 'SEVERITY', value: (row) => row.severity },
          { title: 'WHAT', value: ({ integration: name, evidence }) => `${name}: ${evidence.of}: ${evidence.why}`, maxWidth: 100 },
          { title: 'BY', value: ({ evidence }) => evidence.causes.map(({ cause, events }) => `${cause} ${events}`).join(', ') || null },
          { title: 'BUDGET LEFT', value: ({ evidence: { budgetLeftPpm: left } }) => (left === undefined ? null : percentOf(left)) },
          { title: 'WHO', value: whoOf, maxWidth: 60 },
          { title: 'ID', value: (row) => row.id },
        ],
        'Nothing burns, as far as enough is known: `bridgekeeper slo` says of what there is too little data.',
      )
      for (const { integration: name, selfTest } of untold) io.print(`\n${io.red('self-test')} of ${name}: ${selfTest!.detail}`)
    })
  slo
    .command('ack')
    .summary('say that a human looks at an alert')
    .description('Nobody else of that side is called, and the other sides are told.')
    .argument('<integration>')
    .argument('<alert>', 'its id')
    .requiredOption('--by <person>', 'organization/name')
    .option('--note <text>', 'what is known already')
    .action(async (integration: string, alert: string, { by, note }: { by: string; note?: string }) => {
      const api = await connectApi(io)
      const path = `/integrations/${encodeURIComponent(integration)}/alerts/${encodeURIComponent(alert)}/acknowledgement`
      const answer = await api.post<{ outcome: string }>(path, { by, note: note ?? null })
      if (io.json) return io.printJson(answer)
      io.print(
        answer.outcome === 'acknowledged' ? `${by} looks at it; the other sides are told.` : 'Somebody there had acknowledged it before.',
      )
    })
}

function stateOf(io: Io, { state, endedBecause }: Alert): string {
  if (state === 'firing') return io.red('firing')
  return state === 'ended' ? `ended (${endedBecause})` : io.yellow(state)
}

const whoOf = ({ parties }: Alert): string =>
  parties
    .filter(({ called, acknowledgedBy }) => called || acknowledgedBy !== null)
    .map(
      ({ organization, level, acknowledgedBy }) => acknowledgedBy ?? `${organization}: level ${level + 1} was called, nobody has answered`,
    )
    .join('; ')
