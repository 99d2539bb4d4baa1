import type { Command } from 'commander'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'

interface SourceRow {
  platform: string
  kind: string
  url: string
  documentUrl: string | null
  state: string
  lastReadAt: string | null
  lastChangedAt: string | null
  lastOutcome: string | null
  failures: number
  error: string | null
  fix: string | null
  nextReadAt: string
}
interface Polled {
  outcome: string
  reason?: string
  fix?: string
  version?: { label: string | null; hash: string; state: string }
  findings: number
  nextReadAt: string
}

const minute = (at: string | null): string | null => at && `${at.slice(0, 10)} ${at.slice(11, 16)}`
const words: Record<string, string> = {
  first: 'The first version is in force; nobody is told of a first one.',
  unchanged: 'Nothing changed.',
  quarantined: 'A new version; nobody is told before it was read again.',
  held: 'The new version is still there; it is not believed yet.',
  published: 'The new version is in force now, and who it touches is told.',
  withdrawn: 'The new version was taken back before anybody was told.',
  unreadable: 'No contract could be made of the document; the version in force stays.',
  unreachable: 'The address could not be read; the version in force stays.',
}

/** `contracts sources` and `contracts poll`: where contracts are polled. */
export function registerContractSources(contracts: Command, io: Io): void {
  contracts
    .command('sources')
    .summary('list the addresses that contracts are polled at, and how the last reading went')
    .description(
      `Addresses stand in spec.contract.url or spec.contract.catalog of a platform; times are in UTC. Exit code 1 when one is failing.

Examples:
  bridgekeeper contracts sources`,
    )
    .action(async () => {
      const api = await connectApi(io)
      const { sources } = await api.get<{ sources: SourceRow[] }>('/contract-sources')
      if (sources.some(({ failures }) => failures > 0)) io.exitCode = 1
      if (io.json) return io.printJson(sources)
      io.printTable(
        sources,
        [
          { title: 'PLATFORM', value: (row) => row.platform },
          { title: 'STATE', value: (row) => (row.failures > 1 ? `${row.state}, ${row.failures} times` : row.state) },
          { title: 'LAST READ', value: (row) => minute(row.lastReadAt) },
          { title: 'LAST CHANGE', value: (row) => minute(row.lastChangedAt) },
          { title: 'NEXT', value: (row) => minute(row.nextReadAt) },
          { title: 'ADDRESS', value: (row) => row.documentUrl ?? row.url, maxWidth: 80 },
        ],
        'No contract is polled. Name its address in spec.contract.url of a platform; one whose sandbox stands in for it is not polled.',
      )
      for (const { platform, error, fix } of sources)
        if (error) io.print(`${io.bold(platform)}: ${error.replace(/\.$/, '')}.\n  ${io.dim(fix ?? '')}`)
    })
  contracts
    .command('poll')
    .summary('read a platform’s contract at its address now, and tell what was found')
    .description(
      `Counts as any other reading: it makes no version believed earlier. Exit code 1 when nothing good could be read.

Examples:
  bridgekeeper contracts poll helpdesk`,
    )
    .argument('<platform>')
    .action(async (platform: string) => {
      const api = await connectApi(io)
      const polled = await api.post<Polled>(`/platforms/${encodeURIComponent(platform)}/contract-source/polls`, {})
      if (polled.outcome === 'unreachable' || polled.outcome === 'unreadable') io.exitCode = 1
      if (io.json) return io.printJson(polled)
      const { outcome, reason, fix, version, findings, nextReadAt } = polled
      io.print(`${io.bold(outcome)}: ${words[outcome] ?? ''}`)
      if (version) io.print(`  version ${version.label ?? '–'}, ${version.hash.slice(0, 12)}${findings > 0 ? `, ${findings} changes` : ''}`)
      if (reason) io.print(`  ${reason}`)
      if (fix) io.print(`  ${io.dim(fix)}`)
      io.note(`Read again at ${minute(nextReadAt)}.`)
    })
}
