import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Workspace } from '../workspace/index.ts'
import { createIo } from './io.ts'
import { choosePort, readListenAddress } from './ports.ts'

const host = '127.0.0.1'
const workspaceWith = (port: number) => ({ settings: { spec: { port } } }) as unknown as Workspace
function ioThatHears() {
  const stderr = new PassThrough()
  return { io: createIo({ stdout: new PassThrough(), stderr, stdin: new PassThrough() }, {}), said: () => String(stderr.read() ?? '') }
}

describe('the port', () => {
  it.each(['abc', '-1', '70000', '4400x', '', '1e3'])('can not be %j', async (port) => {
    await expect(choosePort(ioThatHears().io, { port, host }, workspaceWith(4400))).rejects.toMatchObject({ code: 'cli.port_invalid' })
  })

  it('that is taken is another one where nobody asked for it, and an error with a free one where somebody did', async () => {
    const holder = createServer().listen(0, host)
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const { io, said } = ioThatHears()
    const chosen = await choosePort(io, { host }, workspaceWith(port))
    expect(chosen).toBeGreaterThan(port)
    expect(said()).toContain(`Port ${port} is taken by another program; using ${chosen}`)
    await expect(choosePort(io, { port: String(port), host }, workspaceWith(4400))).rejects.toMatchObject({
      code: 'cli.port_taken',
      message: expect.stringMatching(/; \d+ is free/),
    })
    holder.close()
  })

  it('of an address of another machine is said to be that, not to be taken', async () => {
    await expect(choosePort(ioThatHears().io, { port: '4400', host: '192.0.2.1' }, workspaceWith(4400))).rejects.toMatchObject({
      code: 'cli.cannot_listen',
      message: expect.stringContaining('192.0.2.1'),
    })
  })
})

describe('an address to listen on', () => {
  it.each([
    ['9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:9464', { host: '::1', port: 9464 }],
    ['metrics.internal:80', { host: 'metrics.internal', port: 80 }],
  ])('%s is read', (text, address) => {
    expect(readListenAddress(text)).toEqual(address)
  })

  it.each(['127.0.0.1', ':9464', '::1:9464', '127.0.0.1:65536', 'http://127.0.0.1:9464', '9464x'])('%s is refused', (text) => {
    expect(() => readListenAddress(text)).toThrow(expect.objectContaining({ code: 'cli.listen_address_invalid' }))
  })
})
