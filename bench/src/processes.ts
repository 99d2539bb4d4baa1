import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, startEmbeddedServer } from '../../server/src/database/index.ts'

export interface BenchDatabase extends EmbeddedServer {
  /** CPU time that all of PostgreSQL has used so far, in milliseconds; Linux only, else 0. */
  cpuMs(): number
}

/** A fresh PostgreSQL with the product's own settings, durability included. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const dir = mkdtempSync(join(tmpdir(), 'bridgekeeper-bench-'))
  chmodSync(dir, 0o755)
  const server = await startEmbeddedServer({ dir })
  const postmaster = Number(readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
  return {
    ...server,
    cpuMs: () => cpuOfTree(postmaster),
    stop: async () => {
      await server.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function cpuOfTree(postmaster: number): number {
  if (process.platform !== 'linux') return 0
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  // Fields 14–17 of /proc/pid/stat: own and ended children's time, in hundredths of a second.
  const own = ticks(postmaster, [11, 12, 13, 14])
  return (own + children.reduce((sum, pid) => sum + ticks(Number(pid), [11, 12]), 0)) * 10
}

function ticks(pid: number, fields: readonly number[]): number {
  try {
    const values = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return fields.reduce((sum, field) => sum + Number(values[field]), 0)
  } catch {
    return 0
  }
}

export interface Spawned {
  process: ChildProcess
  /** The next JSON line it prints. */
  line<T>(): Promise<T>
  stop(): Promise<void>
}

/** A sender that has started and connected, so that neither is part of what is measured. @returns sends all events, resolves when all are answered */
export async function openSender(env: Record<string, string>): Promise<() => Promise<{ accepted: number }>> {
  const sender = spawnScript('send-events.ts', env)
  await sender.line()
  return () => {
    sender.process.kill('SIGUSR2')
    return sender.line()
  }
}

/** Starts a script of this folder as a process of its own. */
export function spawnScript(script: string, env: Record<string, string>): Spawned {
  const child = spawn(process.execPath, ['--max-semi-space-size=24', '--heap-growing-percent=100', join(import.meta.dirname, script)], {
    env: { ...process.env, NODE_COMPILE_CACHE: join(import.meta.dirname, '../../server/.cache'), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  const waiting: { take(line: string): void; fail(error: Error): void }[] = []
  let rest = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop()!
    for (const part of parts) {
      const next = waiting.shift()
      if (next) next.take(part)
      else lines.push(part)
    }
  })
  let dead: Error | undefined
  const ended = new Promise<void>((resolve) =>
    child.once('exit', (code, signal) => {
      dead = new Error(`${script} ended with ${signal ?? code}`)
      for (const { fail } of waiting) fail(dead)
      resolve()
    }),
  )
  return {
    process: child,
    line: async <T>() => {
      const next = () => new Promise<string>((take, fail) => (dead ? fail(dead) : waiting.push({ take, fail })))
      return JSON.parse(lines.shift() ?? (await next())) as T
    },
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}
