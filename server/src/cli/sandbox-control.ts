import type { Command } from 'commander'
import { type ActiveFault, callControl, type EffectReport, type LoggedRequest } from '../sandbox/index.ts'
import type { Io } from './io.ts'

interface Where {
  url: string
  token?: string
}

/** Commands that steer a running sandbox over its control API. */
export function registerSandboxControl(sandbox: Command, io: Io, defaultUrl: string): void {
  const at = (command: Command) =>
    command
      .option('--url <url>', 'where the sandbox listens', io.env.BRIDGEKEEPER_SANDBOX_URL ?? defaultUrl)
      .option('--token <token>', 'its control token, when it was started with one')
  registerFaults(sandbox, io, at)
  registerState(sandbox, io, at)
  registerLooking(sandbox, io, at)
}

type Located = (command: Command) => Command
const ask = <T>(command: Command, method: string, path: string, body?: unknown) => {
  const { url, token } = command.optsWithGlobals<Where>()
  return callControl<T>({ url, token, method, path, body })
}

function registerFaults(sandbox: Command, io: Io, at: Located): void {
  const faults = sandbox.command('faults').summary('what goes wrong, switched on and off while the sandbox runs')
  at(faults.command('list', { isDefault: true }))
    .summary('rules and how often they struck')
    .action(async (_, command: Command) => {
      const rules = await ask<ActiveFault[]>(command, 'GET', '/faults')
      if (io.json) return io.printJson(rules)
      io.printTable(
        rules,
        [
          { title: 'ID', value: ({ id }) => id },
          { title: 'KIND', value: ({ kind }) => kind },
          { title: 'WHERE', value: whereOf },
          { title: 'HITS', value: ({ hits, times }) => (times === undefined ? hits : `${hits} of ${times}`), align: 'right' },
        ],
        'Nothing goes wrong. Add a rule: bridgekeeper sandbox faults add status status=503 times=3',
      )
    })
  at(faults.command('add'))
    .summary('switch a rule on')
    .description(
      `Kinds, with their settings:
  latency            ms= jitterMs=
  status             status= (400 to 599) retryAfterSec=
  throttle           retryAfterSec=             429 with Retry-After
  rate-limit         limit= windowSec=          429 above the limit
  drop-connection                               before anything happens
  lost-answer                                   after the effect has happened
  timeout            after=nothing|effect ms=   no answer, then closed
  malformed-json                                after the effect has happened
  token-expired                                 401 until another credential comes
  contract-change    contract.change= contract.field= and for
                     rename-field, change-type, add-enum-value: contract.to=
                     remove-enum-value: contract.value=
                     remove-field: nothing
  webhook-drop       event=
  webhook-duplicate  event=
  webhook-delay      event= ms=
Every kind takes operation=, method=, path=, probability=, times= and skip=.

Examples:
  bridgekeeper sandbox faults add throttle retryAfterSec=5 operation=createTicket times=3
  bridgekeeper sandbox faults add lost-answer method=POST probability=0.1
  bridgekeeper sandbox faults add latency ms=300 jitterMs=200
  bridgekeeper sandbox faults add contract-change contract.change=remove-field contract.field=status`,
    )
    .argument('<kind>')
    .argument('[settings...]', 'name=value')
    .action(async (kind: string, settings: string[], _, command: Command) => {
      const fault = await ask<ActiveFault>(command, 'POST', '/faults', { kind, ...parseSettings(settings) })
      if (io.json) io.printJson(fault)
      else io.print(`${fault.id}: ${fault.kind} ${whereOf(fault)}`)
    })
  at(faults.command('remove'))
    .summary('switch a rule off; without an id, all')
    .argument('[id]')
    .action(async (id: string | undefined, _, command: Command) => {
      const { removed } = await ask<{ removed: number }>(
        command,
        'DELETE',
        id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`,
      )
      if (removed === 0 && id !== undefined) io.exitCode = 1
      if (io.json) io.printJson({ removed })
      else io.print(removed === 0 ? 'No such rule.' : `Removed ${removed}.`)
    })
}

function whereOf(fault: ActiveFault): string {
  if (fault.kind === 'webhook-drop' || fault.kind === 'webhook-duplicate' || fault.kind === 'webhook-delay')
    return [fault.event ?? 'every event', chanceOf(fault)].filter(Boolean).join(' ')
  const parts = [fault.operation, fault.method?.toUpperCase(), fault.path, chanceOf(fault)]
  const where = parts.filter(Boolean).join(' ') || 'everywhere'
  return fault.kind === 'contract-change' ? `${fault.contract.field} (${fault.contract.change}) ${where}` : where
}

const chanceOf = ({ probability }: ActiveFault): string | undefined => (probability === undefined ? undefined : `p=${probability}`)

/** `ms=5` becomes a number, `contract.field=x` goes inside `contract`. */
function parseSettings(settings: string[]): Record<string, unknown> {
  const parsed: Record<string, Record<string, unknown> | unknown> = {}
  for (const setting of settings) {
    const [, outer = setting, inner, text = ''] = /^([^.=]+)(?:\.([^=]+))?=(.*)$/s.exec(setting) ?? []
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
    parsed[outer] = inner === undefined ? value : { ...(parsed[outer] as object | undefined), [inner]: value }
  }
  return parsed
}

function registerState(sandbox: Command, io: Io, at: Located): void {
  at(sandbox.command('state'))
    .summary('what the sandbox remembers')
    .argument('[path]', 'a list such as /tickets; left out: everything')
    .action(async (path: string | undefined, _, command: Command) => {
      const state = await ask<Record<string, unknown[]>>(
        command,
        'GET',
        path === undefined ? '/state' : `/state?path=${encodeURIComponent(path)}`,
      )
      if (io.json || path !== undefined) return io.printJson(path === undefined ? state : Object.values(state).flat())
      const counts = Object.entries(state).map(([list, records]) => ({ list, count: records.length }))
      io.printTable(
        counts,
        [
          { title: 'LIST', value: ({ list }) => list },
          { title: 'RECORDS', value: ({ count }) => count, align: 'right' },
        ],
        'Nothing yet.',
      )
    })
  at(sandbox.command('reset'))
    .summary('forget everything but the fixtures; fault rules stay')
    .action(async (_, command: Command) => {
      const result = await ask<{ seed: string }>(command, 'POST', '/reset')
      if (io.json) io.printJson(result)
      else io.print(`Empty again, seed ${result.seed}.`)
    })
  at(sandbox.command('seed'))
    .summary('start anew with made-up records')
    .option('--seed <seed>', 'left out: the seed it has')
    .option('--records <count>', 'in each list', '10')
    .action(async (flags: { seed?: string; records: string }, command: Command) => {
      const result = await ask<{ made: number; seed: string }>(command, 'POST', '/seed', {
        ...(flags.seed ? { seed: flags.seed } : {}),
        records: Number(flags.records),
      })
      if (io.json) io.printJson(result)
      else io.print(`${result.made} records, seed ${result.seed}.`)
    })
}

function registerLooking(sandbox: Command, io: Io, at: Located): void {
  at(sandbox.command('requests'))
    .summary('the newest requests')
    .option('--limit <count>', 'how many', '20')
    .action(async (flags: { limit: string }, command: Command) => {
      const requests = await ask<LoggedRequest[]>(command, 'GET', `/requests?limit=${Number(flags.limit)}`)
      if (io.json) return io.printJson(requests)
      io.printTable(
        requests,
        [
          { title: 'NO', value: ({ number }) => number, align: 'right' },
          { title: 'REQUEST', value: ({ method, path, query }) => `${method} ${path}${query === '' ? '' : `?${query}`}`, maxWidth: 70 },
          { title: 'ANSWER', value: ({ status }) => status },
          { title: 'FAULTS', value: ({ faults }) => faults.join(' ') },
        ],
        'No request yet.',
      )
    })
  at(sandbox.command('effects'))
    .summary('attempts and effects per idempotency key; exit code 1 when a key had two effects')
    .action(async (_, command: Command) => {
      const report = await ask<EffectReport>(command, 'GET', '/effects')
      if (report.repeated.count > 0) io.exitCode = 1
      if (io.json) return io.printJson(report)
      io.print(
        `${report.keys} keys, ${report.attempts} attempts, ${report.effects} effects, ${report.replayed} repeated answers, ${report.conflicts} conflicts.`,
      )
      io.print(
        report.repeated.count === 0
          ? 'No key had two effects.'
          : `${io.red(`${report.repeated.count} keys had two effects`)}: ${report.repeated.keys.join(', ')}`,
      )
      if (report.withoutEffect.count > 0) io.print(`${report.withoutEffect.count} keys had none: ${report.withoutEffect.keys.join(', ')}`)
    })
  at(sandbox.command('emit'))
    .summary('send a webhook now')
    .argument('<event>', 'as the contract calls it, such as ticket.closed')
    .argument('[fields]', 'JSON object with what the payload should say')
    .action(async (event: string, fields: string | undefined, _, command: Command) => {
      const message = await ask<{ id: string }>(command, 'POST', '/webhooks', {
        event,
        ...(fields === undefined ? {} : { fields: JSON.parse(fields) }),
      })
      if (io.json) io.printJson(message)
      else io.print(`Sent ${event} as ${message.id}.`)
    })
}
