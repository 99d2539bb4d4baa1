import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exchange } from './exchange.ts'
import { createPools } from './pools.ts'

let server: Server
let origin: string
let answerSlow: (() => void) | undefined
/** By request, the port it came from: one socket, one port. */
const ports: number[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    ports.push(request.socket.remotePort!)
    if (request.url === '/slow') answerSlow = () => response.end('slow')
    else response.end('done')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const request = (path: string) => ({ origin, path, method: 'GET', headers: {}, body: null })
const limits = { timeoutMs: 5_000, maxResponseBytes: 100 }

it.each([
  [60_000, true],
  [1, false],
])('with a lifetime of %d ms goes on using a socket: %s', async (socketLifetimeMs, goesOn) => {
  ports.length = 0
  const pools = createPools({ allowedHosts: [new URL(origin).host], connectionsPerOrigin: 1, socketLifetimeMs })
  for (let at = 0; at < 2; at += 1) {
    expect(await exchange(pools.dispatcher, request('/'), limits)).toMatchObject({ answered: true })
    await delay(5)
  }
  expect(ports[1] === ports[0]).toBe(goesOn)
  await pools.close()
  expect(await exchange(pools.dispatcher, request('/'), limits)).toMatchObject({ answered: false })
})

it('lets what runs on old sockets end there, and waits for it with closing', async () => {
  const pools = createPools({ allowedHosts: [new URL(origin).host], socketLifetimeMs: 1 })
  const slow = exchange(pools.dispatcher, request('/slow'), limits)
  while (!answerSlow) await delay(5)
  await exchange(pools.dispatcher, request('/'), limits)
  let closed = false
  const closing = pools.close().then(() => {
    closed = true
  })
  await delay(50)
  expect(closed).toBe(false)
  ;(answerSlow as () => void)()
  expect(await slow).toMatchObject({ answered: true })
  await closing
})
