import type { Io } from './io.ts'

/** What a command that stays up must undo when it ends, in the order in which it was done. */
export type CleanUps = (() => Promise<unknown>)[]

export interface Stop {
  /** Resolves when everything is undone; rejects with the reason when there was one. */
  done: Promise<void>
  now(): Promise<void>
  /** Because of something that the command can't go on with. */
  because(error: unknown): Promise<void>
  /** Aborted as soon as stopping begins. */
  signal: AbortSignal
}

/** Runs the clean-ups in reverse, once, whoever asks: a signal, a closed window or pipe, the end of the demo, or a failed start. */
export function onceSignalled(io: Io, cleanUps: CleanUps): Stop {
  const controller = new AbortController()
  let stopping: Promise<void> | undefined
  let reason: { error: unknown } | undefined
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  // Who stops at once does not wait for it.
  done.catch(() => {})
  const stop = async (): Promise<void> => {
    controller.abort()
    for (const cleanUp of [...cleanUps].reverse()) await cleanUp().catch((error: Error) => io.note(`While stopping: ${error.message}`))
    if (reason) reject(reason.error)
    else resolve()
  }
  const now = (): Promise<void> => {
    stopping ??= stop()
    return stopping
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping) io.note('\nStopping …')
      void now()
    })
  }
  io.onReaderGone = () => void now()
  const because = (error: unknown): Promise<void> => {
    reason ??= { error }
    return now()
  }
  return { done, now, because, signal: controller.signal }
}
