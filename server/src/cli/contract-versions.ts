import type { Command } from 'commander'
import { connectApi } from './api-client.ts'
import type { Io } from './io.ts'

interface VersionRow {
  hash: string
  label: string | null
  state: string
  inForce: boolean
  source: string
  origin: string
  reads: number
  firstReadAt: string
  lastReadAt: string
  publishedAt: string | null
  withdrawnAt: string | null
  reason: string | null
}
interface IncidentRow {
  kind: string
  detail: string
  origin: string
  seen: number
  firstAt: string
  lastAt: string
  fix: string
}

const read = async (io: Io, platform: string) =>
  (await connectApi(io)).get<{ versions: VersionRow[]; incidents: IncidentRow[] }>(
    `/platforms/${encodeURIComponent(platform)}/contract-versions`,
  )
const minute = (at: string | null): string | null => at && `${at.slice(0, 10)} ${at.slice(11, 16)}`

/** `contracts versions` and `contracts incidents`: what is known of a platform's contract, and what went wrong with its sources. */
export function registerContractVersions(contracts: Command, io: Io): void {
  contracts
    .command('versions')
    .summary('list the versions of a platform’s contract, and which one is in force')
    .description(
      `Newest first, times in UTC. A version comes from the workspace, from a polled address, or from whoever published it. Quarantined: read
again before anybody is told. Withdrawn: taken back before it was believed. Proposed: only to be judged, never in force.

Examples:
  bridgekeeper contracts versions helpdesk
  bridgekeeper contracts versions helpdesk --json`,
    )
    .argument('<platform>')
    .action(async (platform: string) => {
      const { versions } = await read(io, platform)
      if (io.json) return io.printJson(versions)
      io.printTable(
        versions,
        [
          { title: 'FIRST READ', value: (row) => minute(row.firstReadAt) },
          { title: 'STATE', value: (row) => (row.inForce ? 'in force' : row.state) },
          { title: 'SINCE', value: (row) => minute(row.publishedAt ?? row.withdrawnAt) },
          { title: 'VERSION', value: (row) => row.label, maxWidth: 24 },
          { title: 'HASH', value: (row) => row.hash.slice(0, 12) },
          { title: 'FROM', value: (row) => (row.source === 'workspace' ? `the workspace, ${row.origin}` : row.origin), maxWidth: 60 },
          { title: 'READS', value: (row) => row.reads, align: 'right' },
          { title: 'WHY', value: (row) => row.reason, maxWidth: 80 },
        ],
        `No version of ${platform}’s contract is known. Name its file in spec.contract of the platform, or publish one: bridgekeeper contracts publish ${platform} <file>.`,
      )
    })
  contracts
    .command('incidents')
    .summary('list what went wrong with the sources of a platform’s contract')
    .description(
      `Documents that could not be read, were suddenly emptied, or were taken back, with what to do; before them what waits to be believed.
Nobody is told of any of these, and none replaces the version in force. The same again is counted. Exit code 1 when the latest reading waits.

Examples:
  bridgekeeper contracts incidents helpdesk`,
    )
    .argument('<platform>')
    .action(async (platform: string) => {
      const { versions, incidents } = await read(io, platform)
      const waiting = versions.find(({ state }) => state === 'quarantined') ?? null
      if (waiting) io.exitCode = 1
      if (io.json) return io.printJson({ waiting, incidents })
      if (waiting) {
        const name = `Version ${waiting.label ?? waiting.hash.slice(0, 12)}`
        io.print(`${io.bold(name)} waits to be believed: first read ${minute(waiting.firstReadAt)}, ${waiting.reads} times so far.`)
        if (waiting.reason) io.print(`  ${waiting.reason}`)
      }
      for (const { kind, detail, origin, seen, firstAt, lastAt, fix } of incidents) {
        const times = seen === 1 ? `at ${minute(lastAt)}` : `${seen} times from ${minute(firstAt)} to ${minute(lastAt)}`
        io.print(`${io.bold(kind)} ${times}, ${origin}\n  ${detail}\n  ${io.dim(fix)}`)
      }
      if (!waiting && incidents.length === 0) io.note(`Nothing went wrong with the contract of ${platform}.`)
    })
}
