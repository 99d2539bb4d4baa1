/**
 * The sender as a process of its own: signed webhooks over keep-alive connections, at a given rate or as fast as they are taken. On bare
 * sockets, because an HTTP client would take a quarter of the time of all that is measured, on the same cores. Prints a JSON line when it is
 * connected, begins on SIGUSR2, and prints what it did.
 */

import { createHmac, createSecretKey, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { webhookSecret } from './bench-integration.ts'

const { URL: url = '', COUNT = '1000', RATE = '0', CONNECTIONS = '128', INSTANCES = '1' } = process.env
const { hostname, port } = new URL(url)
const count = Number(COUNT)
const perSecond = Number(RATE)
const instances = Number(INSTANCES)
const note = 'x'.repeat(600)
const key = createSecretKey(webhookSecret, 'utf8')
let startedAt = 0
let sent = 0
let refused = 0

function requestOf(at: number): string {
  const id = randomUUID()
  const lines = [{ sku: 'A-1', quantity: 2 }]
  const body = JSON.stringify({ account: `customer-${at % instances}`, order: id, sentAt: Date.now(), lines, note })
  const signature = createHmac('sha256', key).update(body).digest('hex')
  const head = [
    'POST /webhooks/shop HTTP/1.1',
    'host: localhost',
    'content-type: application/json',
    'x-event: order.created',
    `x-delivery: ${id}`,
    `x-hub-signature-256: sha256=${signature}`,
    `content-length: ${body.length}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

async function connected(): Promise<Socket> {
  const socket = connect(Number(port), hostname)
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  await once(socket, 'connect')
  return socket
}

/** Sends one after the other over one connection. */
async function converse(socket: Socket): Promise<void> {
  const answers = new Answers(socket)
  while (sent < count) {
    const at = sent
    sent += 1
    if (perSecond > 0) {
      const dueMs = (at / perSecond) * 1_000 - (performance.now() - startedAt)
      if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs))
    }
    socket.write(requestOf(at))
    if (!(await answers.next()).startsWith('HTTP/1.1 202')) refused += 1
  }
  socket.end()
}

/** The next answer waits for the next request and says its length, so the text up to that length is one answer. */
class Answers {
  #text = ''
  #resolve: ((text: string) => void) | undefined
  #reject: ((error: Error) => void) | undefined

  constructor(socket: Socket) {
    socket.on('data', (chunk: string) => this.#take(chunk))
    socket.on('error', (error) => this.#reject?.(error))
    socket.on('close', () => this.#reject?.(new Error(`the connection was closed after ${JSON.stringify(this.#text)}`)))
  }

  next(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  #take(chunk: string): void {
    const text = this.#text + chunk
    const end = text.indexOf('\r\n\r\n')
    const isWhole = end !== -1 && text.length >= end + 4 + Number(/content-length: (\d+)/i.exec(text)?.[1])
    this.#text = isWhole ? '' : text
    if (isWhole) this.#resolve?.(text)
  }
}

const sockets = await Promise.all(Array.from({ length: Number(CONNECTIONS) }, connected))
// Before it is asked for: a signal that nobody listens to ends the process.
const asked = once(process, 'SIGUSR2')
console.log(JSON.stringify({ connections: sockets.length }))
await asked
startedAt = performance.now()
await Promise.all(sockets.map(converse))
console.log(JSON.stringify({ accepted: count - refused, refused, seconds: (performance.now() - startedAt) / 1_000 }))
