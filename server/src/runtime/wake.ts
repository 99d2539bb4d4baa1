import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { answerWithin, type Executor } from '../database/index.ts'
import type { Log } from '../observation/index.ts'

export type WakeChannel = 'route' | 'run'

/**
 * Tells waiting loops that there is work: at once inside this process, by NOTIFY between processes. Only a shortcut; every loop also polls,
 * so a lost notification costs latency and never work.
 */
export interface Wake {
  /** To other processes, when `executor` commits; to this one by the caller's `ring` after the commit. */
  notify(executor: Executor, channel: WakeChannel): Promise<void>
  ring(channel: WakeChannel): void
  /** Resolves at the next ring of the channel or after `timeoutMs`; a ring that came since the last wait resolves at once. */
  wait(channel: WakeChannel, timeoutMs: number): Promise<void>
  close(): Promise<void>
}

export interface WakeOptions {
  url: string
  log: Log
  /** False where this process is the only one that produces and works: saves the statement per commit and the connection. */
  acrossProcesses: boolean
}

/** A connection that a network has forgotten says nothing, as one on which nothing happens: asked this often, it is told apart. */
const askEveryMs = 20_000
const answerWithinMs = 5_000

export function createWake(options: WakeOptions): Wake {
  const rung = new Set<WakeChannel>()
  const waiting = new Map<WakeChannel, Set<() => void>>()
  let closed = false
  let client: pg.Client | undefined

  const ring = (channel: WakeChannel): void => {
    const waiters = waiting.get(channel)
    if (!waiters || waiters.size === 0) {
      rung.add(channel)
      return
    }
    waiting.delete(channel)
    for (const wake of waiters) wake()
  }

  const listen = async (): Promise<void> => {
    while (!closed) {
      const listener = new pg.Client({ connectionString: options.url, application_name: 'bridgekeeper wake', keepAlive: true })
      client = listener
      const ended = new Promise<void>((resolve) => {
        listener.on('error', () => resolve())
        listener.on('end', () => resolve())
      })
      listener.on('notification', (message) => ring(message.channel === 'bridgekeeper_route' ? 'route' : 'run'))
      try {
        await listener.connect()
        await listener.query('listen bridgekeeper_route; listen bridgekeeper_run')
        // What was sent while nobody listened.
        ring('route')
        ring('run')
        await Promise.race([ended, untilSilent(listener)])
      } catch (error) {
        options.log.debug({ err: error }, 'wake connection')
      }
      await leave(listener)
      if (!closed) await delay(1_000)
    }
  }
  if (options.acrossProcesses) void listen()

  return {
    ring,
    async notify(executor, channel) {
      if (!options.acrossProcesses) return
      await sql`select pg_notify(${`bridgekeeper_${channel}`}, '')`.execute(executor)
    },
    wait(channel, timeoutMs) {
      if (closed || rung.delete(channel)) return Promise.resolve()
      return new Promise((resolve) => {
        const waiters = waiting.get(channel) ?? new Set()
        waiting.set(channel, waiters)
        const done = () => {
          clearTimeout(timer)
          waiters.delete(done)
          resolve()
        }
        const timer = setTimeout(done, timeoutMs)
        waiters.add(done)
      })
    },
    async close() {
      closed = true
      for (const waiters of waiting.values()) for (const wake of [...waiters]) wake()
      if (client) await leave(client)
    },
  }
}

/** @throws when it no longer answers */
async function untilSilent(listener: pg.Client): Promise<never> {
  for (;;) {
    await delay(askEveryMs, undefined, { ref: false })
    await answerWithin(listener.query('select 1'), answerWithinMs)
  }
}

/** The other end may never say good-bye. */
async function leave(listener: pg.Client): Promise<void> {
  await answerWithin(listener.end(), answerWithinMs).catch(() => {})
}
