import { errors } from './errors.ts'

export interface GroupCommitOptions<Item, Result> {
  /** Stores all of them or none, and answers with one result per item, in their order. */
  commit(items: readonly Item[]): Promise<readonly Result[]>
  /** Whether a failure can lie with one of the items, so that the others may succeed without it. */
  isItemsFault(error: unknown): boolean
  /** Told of what `commit` threw, before the items are answered. */
  onFailure?: (error: unknown, items: number) => void
  maxBatchItems?: number | undefined
  maxBatchBytes?: number | undefined
  bytesOf(item: Item): number
  /** After this time without an answer nothing more is promised: everything that waits is refused. */
  commitTimeoutMs?: number | undefined
  /** Items that may wait, those being committed included; more are refused. */
  maxWaiting?: number | undefined
}

export interface GroupCommit<Item, Result> {
  /**
   * Resolves when the commit that holds the item is durable.
   * @throws webhooks.overloaded, webhooks.stopping; webhooks.store_refused for this item alone; webhooks.store_away
   */
  add(item: Item): Promise<Result>
  readonly waiting: number
  /** Refuses new items and resolves when those waiting are answered. */
  stop(): Promise<void>
}

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/**
 * Many arrivals in one commit: the first is committed at once, what arrives during that commit goes into the next. So
 * nobody waits longer than two commits, and batches grow with the load by themselves.
 *
 * One commit at a time, never two: commits in order of arrival are what "in order of arrival" rests on in every lane.
 */
export function createGroupCommit<Item, Result>(options: GroupCommitOptions<Item, Result>): GroupCommit<Item, Result> {
  const { maxBatchItems = 500, maxBatchBytes = 8 * 1024 * 1024, maxWaiting = 10_000, commitTimeoutMs = 15_000, bytesOf } = options
  let queue: Waiting<Item, Result>[] = []
  let committing = 0
  let flushing: Promise<void> | undefined
  let stopped = false
  let stalled = false

  async function flush(): Promise<void> {
    // What arrives in the same turn of the event loop shares the first commit too.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = takeBatch()
      committing = batch.length
      const timer = setTimeout(() => refuseWaiting(batch), commitTimeoutMs)
      await settle(batch, options)
      clearTimeout(timer)
      stalled = false
      committing = 0
    }
    flushing = undefined
  }

  /** The commit hangs. It may still succeed later, so the next one waits for it; the senders are told not to count on it. */
  function refuseWaiting(batch: readonly Waiting<Item, Result>[]): void {
    stalled = true
    for (const waiting of [...batch, ...queue.splice(0)]) waiting.reject(noAnswer())
  }

  function takeBatch(): Waiting<Item, Result>[] {
    let bytes = 0
    let count = 0
    while (count < queue.length && count < maxBatchItems) {
      bytes += bytesOf(queue[count]!.item)
      if (count > 0 && bytes > maxBatchBytes) break
      count += 1
    }
    const batch = queue.slice(0, count)
    queue = queue.slice(count)
    return batch
  }

  return {
    add(item) {
      if (stopped) return Promise.reject(errors.stopping({}))
      if (stalled) return Promise.reject(noAnswer())
      if (queue.length + committing >= maxWaiting)
        return Promise.reject(errors.overloaded({ what: `${queue.length + committing} deliveries` }))
      return new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        flushing ??= flush()
      })
    },
    get waiting() {
      return queue.length + committing
    },
    async stop() {
      stopped = true
      await flushing
    },
  }
}

const noAnswer = () => errors.store_away({ reason: 'the database does not answer' })

/** Commits a batch; when an item is at fault, halves it until that one stands alone, so that it fails by itself. */
async function settle<Item, Result>(batch: readonly Waiting<Item, Result>[], options: GroupCommitOptions<Item, Result>): Promise<void> {
  try {
    const results = await options.commit(batch.map(({ item }) => item))
    for (const [index, waiting] of batch.entries()) waiting.resolve(results[index]!)
  } catch (error) {
    options.onFailure?.(error, batch.length)
    if (!options.isItemsFault(error)) {
      for (const waiting of batch) waiting.reject(errors.store_away({ reason: 'the database did not take it' }, error))
    } else if (batch.length === 1) {
      batch[0]!.reject(errors.store_refused({ reason: 'its content is not storable' }, error))
    } else {
      const middle = Math.ceil(batch.length / 2)
      await settle(batch.slice(0, middle), options)
      await settle(batch.slice(middle), options)
    }
  }
}
