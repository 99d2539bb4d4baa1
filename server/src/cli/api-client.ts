import { BridgekeeperError } from '../errors/index.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'
import { findServerFile } from './server-file.ts'

export interface ApiClient {
  readonly url: string
  /** @param path below /api, with query @throws what the server says, with its code, message and fix; cli.server_unreachable, cli.no_answer_of_ours */
  get<Answer>(path: string): Promise<Answer>
  /** What is no JSON, as it is. */
  bytes(path: string): Promise<Uint8Array>
  post<Answer>(path: string, body: unknown): Promise<Answer>
  put<Answer>(path: string, body: unknown): Promise<Answer>
  patch<Answer>(path: string, body: unknown): Promise<Answer>
  delete<Answer>(path: string): Promise<Answer>
}

/**
 * The HTTP API of the server that this command means: BRIDGEKEEPER_URL and BRIDGEKEEPER_KEY where set, else the server that was
 * started in the current folder, or for the workspace it belongs to.
 *
 * @throws cli.server_not_running, cli.key_missing
 */
export async function connectApi(io: Io, workspaceFolder: string = io.cwd): Promise<ApiClient> {
  const { url, key } = await findServer(io, workspaceFolder)
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: Error) => {
      throw errors.server_unreachable({ url, reason: (cause.cause as Error | undefined)?.message ?? cause.message }, cause)
    })
  const read = async <Answer>(response: Response): Promise<Answer> => {
    const answer = readAnswer(await response.text())
    if (answer === notJson || (!response.ok && typeof (answer as Problem | undefined)?.code !== 'string'))
      throw errors.no_answer_of_ours({ url, status: response.status })
    if (!response.ok) throw asError(answer as Problem, response.status)
    return answer as Answer
  }
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => read(await send(method, path, body))
  return {
    url,
    async bytes(path) {
      const response = await send('GET', path)
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : read(response)
    },
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
  }
}

interface Problem {
  code: string
  detail?: string
  fix?: string
}

const notJson = Symbol('no JSON')

function readAnswer(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return notJson
  }
}

/** As the server has thrown it, so that a program that reads our `--json` can switch on the same codes as one that uses the API. */
function asError({ code, detail = '', fix = '' }: Problem, status: number): BridgekeeperError {
  return new BridgekeeperError({ code, status, retry: status === 503, message: detail, fix, values: {} })
}

async function findServer(io: Io, workspaceFolder: string): Promise<{ url: string; key: string }> {
  const { BRIDGEKEEPER_URL: given, BRIDGEKEEPER_KEY: key } = io.env
  if (given) {
    if (!key) throw errors.key_missing({ url: given })
    return { url: given.replace(/\/$/, ''), key }
  }
  const running = findServerFile(workspaceFolder)
  if (!running) throw errors.server_not_running({ folder: workspaceFolder })
  return { url: running.url, key: key ?? running.key }
}

/** `?a=1&b=2` of what is given. */
export function queryOf(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

/** Says how to see the next page of a list. @param next of the API's answer; null: this was the last page */
export function tellMore(io: Io, option: '--before' | '--after', next: string | null): void {
  if (next !== null) io.note(`There are more: narrow the filter, raise --limit (500 at most), or add ${option} ${next}`)
}
