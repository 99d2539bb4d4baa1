import type { Command } from 'commander'
import { BridgekeeperError } from '../errors/index.ts'
import { type ApiClient, connectApi, queryOf } from './api-client.ts'
import type { Io } from './io.ts'

interface Circuit {
  key: string
  reason: string
  openedAt: string
  failedProbes: number
  retryAt: string
}

const moment = (time: string): string => time.slice(0, 19).replace('T', ' ')

export function registerCircuits(program: Command, io: Io): void {
  const circuits = program
    .command('circuits')
    .summary('partners that can not be reached, and are tried by one call at a time')
    .description(
      'A circuit opens when most calls under a connection, or of several connections to a platform, do not reach the partner. Runs wait, one call at a time tries, and the first that comes through closes it. For keys of the operator.',
    )
  circuits
    .command('list', { isDefault: true })
    .description('Those that are open.')
    .action(async () => {
      const answer = await (await connectApi(io)).get<{ circuits: Circuit[] }>('/circuits')
      if (io.json) return io.printJson(answer)
      io.printTable(
        answer.circuits,
        [
          { title: 'CIRCUIT', value: (one) => one.key },
          { title: 'OPEN SINCE', value: (one) => moment(one.openedAt) },
          { title: 'TRIED', value: (one) => one.failedProbes, align: 'right' },
          { title: 'NEXT TRY', value: (one) => moment(one.retryAt) },
          { title: 'WHY', value: (one) => one.reason, maxWidth: 70 },
        ],
        'No circuit is open.',
      )
      const [first] = answer.circuits
      if (first) io.note(`\nWhen the partner is back, there is no need to wait: bridgekeeper circuits close ${first.key}`)
    })
  circuits
    .command('close')
    .description('Let all calls go out again at once. It opens again when they do not come through.')
    .argument('<circuit>', 'as the list names it')
    .action(async (key: string) => {
      await (await connectApi(io)).delete(`/circuits/${encodeURIComponent(key)}`)
      if (io.json) return io.printJson({ closed: key })
      io.print(`${key} is closed; runs that waited go on.`)
    })
}

/** Open circuits that stop calls under a connection. Keys that are not the operator's see none. */
export async function circuitsOf(api: ApiClient, connectionId: string): Promise<string[]> {
  try {
    const { circuits } = await api.get<{ circuits: Circuit[] }>(`/circuits${queryOf({ connection: connectionId })}`)
    return circuits.map(
      ({ key, openedAt, retryAt, reason }) => `${key} is open since ${moment(openedAt)}, next try ${moment(retryAt)}: ${reason}`,
    )
  } catch (error) {
    if (error instanceof BridgekeeperError && error.status === 403) return []
    throw error
  }
}
