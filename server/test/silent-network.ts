import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface SilentNetwork {
  url: string
  /** Swallows what is sent, and breaks nothing: as a network does that has lost its way. */
  swallow(): void
  carry(): void
  /** Swallows for ever what is sent on the connections there are, and their ends; new ones are carried: as a balancer does that was replaced. */
  forget(): void
  /** Of statements with a name, how often each was sent since the last call; one that is prepared is seen once per connection. */
  takeStatements(): Map<string, number>
  close(): Promise<void>
}

/** A way to the database that can be cut without either end noticing. */
export async function startSilentNetwork(url: string): Promise<SilentNetwork> {
  const address = new URL(url.replace('@/', '@localhost/'))
  const folder = address.searchParams.get('host')
  const target = folder
    ? { path: `${folder}/.s.PGSQL.${address.searchParams.get('port') ?? 5432}` }
    : { host: address.hostname, port: Number(address.port || 5432) }
  const sockets = new Set<Socket>()
  const forgotten = new Set<Socket>()
  let statements = new Map<string, number>()
  let swallowing = false
  const note = (bytes: Buffer) => {
    for (const [, name] of bytes.toString('latin1').matchAll(/-- (\w+\.\w+)\n/g)) statements.set(name!, (statements.get(name!) ?? 0) + 1)
  }
  const listener: Server = createServer((near) => {
    const far = connect(target)
    near.on('data', note)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('data', (bytes) => other.write(bytes))
      one.on('error', () => {})
      one.on('close', () => {
        sockets.delete(one)
        if (!forgotten.has(one)) other.destroy()
      })
    }
    if (swallowing) for (const one of [near, far]) one.pause()
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `postgresql://${address.username}:${address.password}@127.0.0.1:${(listener.address() as AddressInfo).port}${address.pathname}`,
    swallow() {
      swallowing = true
      for (const socket of sockets) socket.pause()
    },
    carry() {
      swallowing = false
      for (const socket of sockets) if (!forgotten.has(socket)) socket.resume()
    },
    forget() {
      for (const socket of sockets) {
        socket.pause()
        forgotten.add(socket)
      }
    },
    takeStatements() {
      const taken = statements
      statements = new Map()
      return taken
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
