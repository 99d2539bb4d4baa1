import type { Io } from './io.ts'

/** What a command that stays up must undo when it ends, in the order in which it was done. */
export type CleanUps = (() => Promise<unknown>)[]

/** Runs the clean-ups in reverse, once, whoever asks: a signal, the end of the demo, or a failed start. */
export function onceSignalled(io: Io, cleanUps: CleanUps): { done: Promise<void>; now(): Promise<void>; signal: AbortSignal } {
  const controller = new AbortController()
  let stopping: Promise<void> | undefined
  let finish: () => void = () => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })
  const stop = async (): Promise<void> => {
    controller.abort()
    for (const cleanUp of [...cleanUps].reverse()) await cleanUp().catch((error: Error) => io.note(`While stopping: ${error.message}`))
    finish()
  }
  const now = (): Promise<void> => {
    stopping ??= stop()
    return stopping
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!stopping) io.note('\nStopping …')
      void now()
    })
  }
  return { done, now, signal: controller.signal }
}
