import { createServer } from 'node:net'
import type { Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

/** A taken port is no reason to fail where nobody asked for this very port. */
export async function choosePort(io: Io, options: { port?: string; host: string }, workspace: Workspace): Promise<number> {
  const wanted = Number(options.port ?? workspace.settings.spec.port)
  if (await isFree(wanted, options.host)) return wanted
  let free = wanted + 1
  while (!(await isFree(free, options.host)) && free < wanted + 200) free += 1
  if (options.port) throw errors.port_taken({ port: wanted, free })
  io.note(`Port ${wanted} is taken by another program; using ${free}. Choose one with --port.`)
  return free
}

export function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}
