import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import type { DevServerOptions, FromDevServer, ToDevServer } from './dev-server.ts'

export interface DevProcess {
  readonly url: string
  /** It was stopped, or it ended by itself. */
  readonly ended: boolean
  stop(): Promise<void>
  /** Called when the process ends although nobody stopped it. */
  onEnd(listener: (code: number | null) => void): void
}

export type Failed = Extract<FromDevServer, { type: 'failed' }>

/**
 * Starts a server process. Its predecessor is stopped only when the new one has everything but the port, so that a change that does not
 * work costs nothing.
 *
 * @returns the running process, or why it did not come up; then the predecessor still runs
 */
export async function replaceDevProcess(options: DevServerOptions, predecessor: DevProcess | undefined): Promise<DevProcess | Failed> {
  const child = fork(new URL(`./dev-server${extname(import.meta.filename)}`, import.meta.url), {
    stdio: 'inherit',
    execArgv: [],
    execPath: process.execPath,
  })
  tell(child, { type: 'start', options })
  const prepared = await nextMessage(child)
  if (prepared.type === 'failed') return prepared
  await predecessor?.stop()
  tell(child, { type: 'listen' })
  const listening = await nextMessage(child)
  if (listening.type !== 'listening') return listening as Failed
  return handleOf(child, listening.url)
}

function handleOf(child: ChildProcess, url: string): DevProcess {
  let stopping: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    if (child.connected) tell(child, { type: 'stop' })
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(late)
  }
  return {
    url,
    get ended() {
      return stopping !== undefined || child.exitCode !== null || child.signalCode !== null
    },
    stop: () => {
      stopping ??= stop()
      return stopping
    },
    onEnd(listener) {
      child.once('exit', (code) => {
        if (!stopping) listener(code)
      })
    },
  }
}

function tell(child: ChildProcess, message: ToDevServer): void {
  child.send(message)
}

function nextMessage(child: ChildProcess): Promise<FromDevServer> {
  return new Promise((resolve) => {
    const ended = (code: number | null) =>
      resolve({
        type: 'failed',
        message: `The server process ended with code ${code} before it was up.`,
        fix: '',
        code: 'cli.dev_server_failed',
      })
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as FromDevServer)
    })
  })
}
