import type { Command } from 'commander'
import type { JudgedWindow } from '../service-levels/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'
import { visibleNames } from './service-levels.ts'

export const spanOf = ({ startsAt, endsAt }: Pick<JudgedWindow, 'startsAt' | 'endsAt'>): string =>
  `${startsAt.slice(0, 16).replace('T', ' ')} to ${(endsAt.slice(0, 10) === startsAt.slice(0, 10) ? endsAt.slice(11, 16) : endsAt.slice(0, 16)).replace('T', ' ')} UTC`

/** `bridgekeeper maintenance`: what is planned, announced and excused. */
export function registerMaintenance(program: Command, io: Io): void {
  const maintenance = program
    .command('maintenance')
    .summary('planned maintenance: announce it, and see what of it is excused')
    .description(
      `A platform that is out of service on purpose is excused from service levels only when the other sides knew early enough: five days before, or
what their agreement says, and at most four hours a month and side. What is announced late counts as any other failure. Windows stand in the
file of the platform (spec.maintenance) or are announced here by its owner; the day that counts is the day on which the server first knew.`,
    )
  maintenance
    .command('list', { isDefault: true })
    .description('By beginning.')
    .argument('[integration]')
    .option('--days <days>', 'leave out what ended longer ago', '28')
    .action(async (integration: string | undefined, { days }: { days: string }) => {
      const api = await connectApi(io)
      const names = integration === undefined ? await visibleNames(api) : [integration]
      const rows: (JudgedWindow & { integration: string })[] = []
      for (const name of names) {
        const path = `/integrations/${encodeURIComponent(name)}/maintenance${queryOf({ days })}`
        const { windows } = await api.get<{ windows: JudgedWindow[] }>(path)
        rows.push(...windows.map((window) => ({ integration: name, ...window })))
      }
      if (io.json) return io.printJson({ windows: rows })
      io.printTable(
        rows,
        [
          { title: 'WHEN', value: (row) => spanOf(row) },
          { title: 'PLATFORM', value: (row) => row.platform },
          { title: 'INTEGRATION', value: (row) => row.integration },
          { title: 'ANNOUNCED', value: (row) => `${row.announcedAt.slice(0, 16).replace('T', ' ')} by ${row.announcedBy}` },
          { title: 'VERDICT', value: (row) => verdictOf(io, row) },
          { title: 'WHY', value: (row) => row.says, maxWidth: 80 },
          { title: 'REASON', value: (row) => row.reason, maxWidth: 60 },
          { title: 'ID', value: (row) => row.id },
        ],
        'No maintenance is planned.',
      )
    })
  maintenance
    .command('announce')
    .summary('announce maintenance of a platform of yours')
    .argument('<platform>')
    .requiredOption('--from <moment>', 'with its offset: 2026-12-05T22:00Z')
    .requiredOption('--until <moment>', 'with its offset: 2026-12-06T00:00Z')
    .requiredOption('--reason <text>', 'what the other sides read')
    .requiredOption('--by <person>', 'organization/name')
    .action(async (platform: string, { from, until, reason, by }: { from: string; until: string; reason: string; by: string }) => {
      const api = await connectApi(io)
      const wanted = { startsAt: from, endsAt: until, reason, by }
      const window = await api.post<JudgedWindow>(`/platforms/${encodeURIComponent(platform)}/maintenance`, wanted)
      if (io.json) return io.printJson(window)
      io.print(`Announced ${spanOf(window)}; the other sides are told. Whether it was early enough: bridgekeeper maintenance list`)
    })
  maintenance
    .command('withdraw')
    .summary('take maintenance back before it begins')
    .argument('<platform>')
    .argument('<window>', 'its id')
    .action(async (platform: string, id: string) => {
      const api = await connectApi(io)
      const window = await api.delete<JudgedWindow>(`/platforms/${encodeURIComponent(platform)}/maintenance/${encodeURIComponent(id)}`)
      if (io.json) return io.printJson(window)
      io.print(`Withdrawn: ${spanOf(window)}; the other sides are told.`)
    })
}

function verdictOf(io: Io, { verdict, excused }: JudgedWindow): string {
  if (verdict === 'in-time') return io.green(`excused, ${excused?.minutes ?? 0} min`)
  return verdict === 'withdrawn'
    ? 'withdrawn'
    : io.yellow(verdict === 'late' ? 'late, counts' : `only ${excused?.minutes ?? 0} min excused`)
}
