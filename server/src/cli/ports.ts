import { createServer } from 'node:net'
import type { Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import type { Io } from './io.ts'

const highestPort = 65_535

/**
 * A taken port is no reason to fail where nobody asked for this very port.
 *
 * @throws cli.port_invalid, cli.port_taken, cli.cannot_listen
 */
export async function choosePort(io: Io, options: { port?: string; host: string }, workspace: Workspace): Promise<number> {
  const wanted = Number(options.port ?? workspace.settings.spec.port)
  if (options.port !== undefined && !/^\d{1,5}$/.test(options.port)) throw errors.port_invalid({ port: options.port })
  if (wanted > highestPort) throw errors.port_invalid({ port: String(wanted) })
  const reason = await tryPort(wanted, options.host)
  if (reason === undefined) return wanted
  // Another port helps against a taken one only, not against an address of another machine or a port below 1024.
  if (reason.code !== 'EADDRINUSE') throw errors.cannot_listen({ host: options.host, port: wanted, reason: reason.message }, reason)
  let free = wanted + 1
  while (free < Math.min(wanted + 200, highestPort) && !(await isFree(free, options.host))) free += 1
  if (options.port) throw errors.port_taken({ port: wanted, free })
  io.note(`Port ${wanted} is taken by another program; using ${free}. Choose one with --port.`)
  return free
}

/**
 * An address to listen on, as `--metrics-listen` names it: `127.0.0.1:9464`, `[::1]:9464`, or a port alone, which this machine only can reach.
 *
 * @throws cli.listen_address_invalid
 */
export function readListenAddress(text: string | undefined): { host: string; port: number } | undefined {
  if (!text) return undefined
  const [, bracketed, plain, digits = ''] = /^(?:\[([0-9a-f:.]+)\]:|([\w.-]+):)?(\d{1,5})$/i.exec(text) ?? []
  const port = Number(digits)
  if (digits === '' || port > highestPort) throw errors.listen_address_invalid({ address: text })
  return { host: bracketed ?? plain ?? '127.0.0.1', port }
}

export async function isFree(port: number, host: string): Promise<boolean> {
  return (await tryPort(port, host)) === undefined
}

function tryPort(port: number, host: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(port, host, () => probe.close(() => resolve(undefined)))
  })
}
