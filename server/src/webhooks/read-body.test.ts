import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import type { BridgekeeperError } from '../errors/index.ts'
import { createByteBudget, readBody } from './read-body.ts'

let server: Server
const sockets: Socket[] = []
let said: string[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.close()
  await once(server, 'close')
})

async function listen(maxBytes: number, slowMs: number) {
  const budget = createByteBudget(maxBytes, slowMs)
  const heard: string[] = []
  said = heard
  server = createServer((request, response) => {
    readBody(request, { source: request.url!.slice(1), maxBytes, budget }).then(
      (body) => {
        budget.give(body.byteLength)
        heard.push(`${request.url} read ${body.byteLength}`)
        response.end()
      },
      (error: BridgekeeperError) => {
        heard.push(`${request.url} ${error.code}`)
        response.writeHead(error.status).end()
      },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  /** Announces `bytes` and sends `now` of them. */
  const post = (name: string, bytes: number, now: number) => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write(`POST /${name} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(now)}`)
    return socket
  }
  return { budget, post }
}

it('ends bodies that dribble, the oldest first and no more than needed, when others need the room', async () => {
  const { budget, post } = await listen(1_000, 100)
  for (const name of ['slow-1', 'slow-2', 'slow-3']) {
    post(name, 400, 300)
    await expect.poll(() => budget.taken % 300).toBe(0)
    await delay(20)
  }
  await expect.poll(() => budget.taken).toBe(900)
  await delay(120)
  post('good', 350, 350)
  await expect.poll(() => said).toEqual(['/slow-1 webhooks.overloaded', '/good read 350'])
  expect(budget.taken).toBe(600)
})

it('refuses the newcomer while those before it are still within their time', async () => {
  const { budget, post } = await listen(1_000, 60_000)
  post('first', 900, 800)
  await expect.poll(() => budget.taken).toBe(800)
  post('second', 900, 800)
  await expect.poll(() => said).toEqual(['/second webhooks.overloaded'])
  expect(budget.taken).toBe(800)
})

it('lets a slow body alone be read to its end', async () => {
  const { budget, post } = await listen(1_000, 10)
  const socket = post('slow', 900, 100)
  for (let sent = 100; sent < 900; sent += 100) {
    await delay(15)
    socket.write('x'.repeat(100))
  }
  await expect.poll(() => said).toEqual(['/slow read 900'])
  expect(budget.taken).toBe(0)
})
