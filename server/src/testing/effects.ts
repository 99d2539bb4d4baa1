import type { Effect } from '@bridgekeeper/sdk/testing'
import type { LoggedRequest } from '../sandbox/index.ts'
import type { FlowWrite } from './disturbed-integration.ts'

/** What one sandbox saw. */
export interface SandboxRequests {
  platform: string
  requests: readonly LoggedRequest[]
  /** Everything that it holds now. */
  records: readonly unknown[]
}

/**
 * The changes that sandboxes really made, each with the flow's call that caused it. What flows tried and what sandboxes answered from memory
 * is left out. In order of time; those of one millisecond in different sandboxes stand as the platforms do.
 *
 * @throws Error when a sandbox changed by a call that no flow made
 */
export function effectsOf(sandboxes: readonly SandboxRequests[], writes: readonly FlowWrite[]): Effect[] {
  const free = new Set(writes)
  const changes = sandboxes.flatMap(({ platform, requests }) =>
    requests.filter(({ effect }) => effect).map((request) => ({ platform, request })),
  )
  changes.sort((one, other) => (one.request.at < other.request.at ? -1 : one.request.at > other.request.at ? 1 : 0))
  return changes.map(({ platform, request }) => {
    const candidates = [...free].filter((write) => write.platform === platform && isSame(write, request))
    // A body that the gateway completed with an idempotency key is not equal to what the flow gave.
    const cause = candidates.find((write) => canonical(write.body) === canonical(request.body)) ?? candidates[0]
    if (!cause) throw new Error(`the sandbox of ${platform} was changed by ${request.method} ${request.path}, which no flow called`)
    free.delete(cause)
    return { ...cause, answer: cause.answer ?? answerOf(cause, writes) ?? recordOf(cause, sandboxes) }
  })
}

function isSame(write: FlowWrite, request: LoggedRequest): boolean {
  const path = write.path.replace(/\{([^}]+)\}/g, (_, name: string) => write.pathParameters[name] ?? '')
  // The contract's server may stand in front, as in /v1/tickets.
  return write.method === request.method && decodeURIComponent(request.path).endsWith(path)
}

/** Where the first answer was lost, a later repetition of the same write was told. */
function answerOf(lost: FlowWrite, writes: readonly FlowWrite[]): unknown {
  const same = (write: FlowWrite) =>
    write.origin === lost.origin && write.platform === lost.platform && write.method === lost.method && write.path === lost.path
  return writes.find((write) => same(write) && canonical(write.body) === canonical(lost.body) && write.answer !== undefined)?.answer
}

/** Where no answer ever arrived, what the write made is found by what the write said. */
function recordOf({ platform, body }: FlowWrite, sandboxes: readonly SandboxRequests[]): unknown {
  if (typeof body !== 'object' || body === null) return undefined
  const records = sandboxes.find((sandbox) => sandbox.platform === platform)?.records ?? []
  return records.find((record) =>
    Object.entries(body).every(([key, value]) => canonical((record as Record<string, unknown>)[key]) === canonical(value)),
  )
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'object' && item !== null && !Array.isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)))
        : item,
    ) ?? ''
  )
}
