import { timingSafeEqual } from 'node:crypto'
import { BridgekeeperError } from '../errors/index.ts'
import { errors } from './errors.ts'
import type { SentAnswer } from './idempotency.ts'
import type { RawRequest } from './requests.ts'
import type { Sandbox } from './sandbox.ts'

export const controlPath = '/__sandbox'

/** Where a control request came from, for the decision whether it may do anything. */
export interface Caller {
  /** Whether the socket comes from this machine. */
  isLocal: boolean
  token: string | undefined
}

type Body = Record<string, unknown>
type Command = (sandbox: Sandbox, input: { query: URLSearchParams; body: Body; rest: string }) => unknown

/** The control API: method and path below `/__sandbox`; a path that ends in a slash takes one more segment. */
const commands: Record<string, Command> = {
  'GET ': (sandbox) => ({
    contract: { title: sandbox.contract.title, version: sandbox.contract.version, operations: sandbox.contract.operations.length },
    seed: sandbox.seed,
    records: sandbox.state.counts(),
    requests: sandbox.log.total,
    faults: sandbox.faults.list().length,
    webhooks: sandbox.webhooks.events,
    commands: Object.keys(commands).map((name) => name.replace(/(\s)\/?/, `$1${controlPath}/`)),
  }),
  'GET state': (sandbox, { query }) => sandbox.state.dump(query.get('path') ?? undefined),
  'POST reset': (sandbox) => {
    sandbox.state.reset()
    return { seed: sandbox.seed, records: sandbox.state.counts() }
  },
  'POST seed': (sandbox, { body }) => {
    const count = numberIn(body, 'records', 0)
    sandbox.state.reset(body.seed === undefined ? undefined : String(body.seed))
    return { made: sandbox.state.populate(count), seed: sandbox.seed, records: sandbox.state.counts() }
  },
  'GET faults': (sandbox) => sandbox.faults.list(),
  'POST faults': (sandbox, { body }) => sandbox.faults.add(body as never),
  'DELETE faults': (sandbox) => {
    const removed = sandbox.faults.list().length
    sandbox.faults.clear()
    return { removed }
  },
  'DELETE faults/': (sandbox, { rest }) => ({ removed: sandbox.faults.remove(rest) ? 1 : 0 }),
  'GET requests': (sandbox, { query }) => sandbox.log.list(Number(query.get('limit') ?? 100)),
  'GET effects': (sandbox) => sandbox.effects.report(),
  'GET effects/': (sandbox, { rest }) => sandbox.effects.of(rest) ?? { attempts: 0, effects: 0 },
  'GET webhooks': (sandbox) => sandbox.webhooks.deliveries(),
  'POST webhooks': (sandbox, { body }) => {
    if (typeof body.event !== 'string') throw errors.control_input_invalid({ reason: 'event must be the name of a declared webhook' })
    return sandbox.webhooks.emit(body.event, (body.fields as Body | undefined) ?? {})
  },
  'POST webhooks/settle': async (sandbox) => {
    await sandbox.webhooks.settle()
    return { deliveries: sandbox.webhooks.deliveries().length }
  },
}

function numberIn(body: Body, name: string, fallback: number): number {
  const value = body[name] ?? fallback
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > 100_000)
    throw errors.control_input_invalid({ reason: `${name} must be a whole number from 0 to 100000` })
  return value as number
}

/** Answers one control request. Never throws: every problem is an answer. */
export async function control(sandbox: Sandbox, raw: RawRequest, caller: Caller, expectedToken: string | undefined): Promise<SentAnswer> {
  try {
    const reason = refusalOf(raw, caller, expectedToken)
    if (reason) throw errors.control_forbidden({ reason })
    const path = raw.path.slice(controlPath.length + 1)
    const slash = path.indexOf('/')
    const exact = commands[`${raw.method} ${path}`]
    const command = exact ?? (slash > 0 ? commands[`${raw.method} ${path.slice(0, slash + 1)}`] : undefined)
    if (!command) throw errors.control_unknown({ method: raw.method, path: raw.path })
    const rest = slash > 0 ? decodeURIComponent(path.slice(slash + 1)) : ''
    return json(200, await command(sandbox, { query: new URLSearchParams(raw.query), body: bodyOf(raw), rest }))
  } catch (error) {
    if (!(error instanceof BridgekeeperError)) throw error
    return json(error.status, { title: error.message, status: error.status, code: error.code, detail: error.message, fix: error.fix })
  }
}

function bodyOf(raw: RawRequest): Body {
  if (raw.body.length === 0) return {}
  try {
    const body = JSON.parse(raw.body.toString('utf8'))
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  } catch {}
  throw errors.control_input_invalid({ reason: 'the body is no JSON object' })
}

/**
 * Without a token only this machine may steer the sandbox, and no web page in a browser of this machine: pages send
 * `Origin`, and a name that was rebound to 127.0.0.1 shows in `Host`.
 */
function refusalOf(raw: RawRequest, caller: Caller, expectedToken: string | undefined): string | undefined {
  if (expectedToken !== undefined) {
    const [given, wanted] = [Buffer.from(caller.token ?? ''), Buffer.from(expectedToken)]
    return given.length === wanted.length && timingSafeEqual(given, wanted) ? undefined : 'the bearer token is missing or wrong'
  }
  if (!caller.isLocal) return 'it comes from another machine'
  if (raw.headers.origin !== undefined) return 'it comes from a web page'
  const host = String(raw.headers.host ?? '').replace(/:\d+$/, '')
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host) ? undefined : `its host is ${host}`
}

function json(status: number, body: unknown): SentAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
