export interface Polling {
  /** Reads at once; resolves when a read that began after this call is done. Failures go to `onError`, not to the caller. */
  now(): Promise<void>
  /** No further read begins; resolves when a running one is done. */
  stop(): Promise<void>
}

/** Repeats `work` until stopped, one at a time, with the interval between end and start. Does not keep the process alive. */
export function startPolling(intervalMs: number, onError: (error: unknown) => void, work: () => Promise<void>): Polling {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let last: Promise<void> = Promise.resolve()
  let waiting: Promise<void> | undefined

  const run = async (): Promise<void> => {
    waiting = undefined
    if (stopped) return
    clearTimeout(timer)
    await work().catch(onError)
    if (stopped) return
    timer = setTimeout(now, intervalMs)
    timer.unref()
  }
  // A burst of callers shares the one read that has not begun yet.
  const now = (): Promise<void> => {
    if (!waiting) {
      waiting = last.then(run)
      last = waiting
    }
    return waiting
  }
  void now()
  return {
    now,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await last
    },
  }
}
