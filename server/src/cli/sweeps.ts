import type { Command } from 'commander'
import { connectApi, queryOf, tellMore } from './api-client.ts'
import type { Io } from './io.ts'

interface Sweep {
  customer: string
  instance: string
  integration: string
  flow: string
  since: string
  sweptAt: string
  listed: number
  missed: number
  examples: { platform: string; event: string; id: string; occurredAt: string | null }[]
}

/** `bridgekeeper sweeps`: what neither webhook nor poll brought. */
export function registerSweeps(program: Command, io: Io): void {
  program
    .command('sweeps')
    .summary('what sweeps found that neither webhook nor poll had brought')
    .description(
      `A sweep lists what a source has and holds it against what came. What was missing is handed on and shown here; it means that webhooks
are lost or a poll looks too short. Exit code 1: something was missed.

Examples:
  bridgekeeper sweeps
  bridgekeeper sweeps --integration shop-billing --missed`,
    )
    .option('--integration <name>')
    .option('--missed', 'only those that found something missing')
    .option('--limit <n>', 'how many', '50')
    .option('--before <run>', 'only those of older runs')
    .action(async (options: { integration?: string; missed?: boolean; limit: string; before?: string }) => {
      const { sweeps, next } = await (await connectApi(io)).get<{ sweeps: Sweep[]; next: string | null }>(`/sweeps${queryOf(options)}`)
      if (sweeps.some((one) => one.missed > 0)) io.exitCode = 1
      if (io.json) return io.printJson(sweeps)
      io.printTable(
        sweeps,
        [
          { title: 'SWEPT', value: (one) => one.sweptAt },
          { title: 'INSTANCE', value: (one) => `${one.customer}/${one.instance}` },
          { title: 'FLOW', value: (one) => `${one.integration}/${one.flow}` },
          { title: 'SINCE', value: (one) => one.since },
          { title: 'LISTED', value: (one) => one.listed, align: 'right' },
          { title: 'MISSED', value: (one) => one.missed, align: 'right' },
          {
            title: 'FOR EXAMPLE',
            value: (one) => one.examples.map(({ platform, event, id }) => `${platform} ${event} ${id}`).join(', '),
            maxWidth: 60,
          },
        ],
        'No sweep has run yet. Authors declare them with sweep(…); see docs/sdk.md.',
      )
      tellMore(io, '--before', next)
    })
}
