/** The partner's API as a process of its own: answers at once, honours idempotency keys, measures from the sender's clock to the effect. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const keys = new Map<string, number>()
let latenciesMs: number[] = []
let repeated = 0

const server = createServer((request, response) => {
  if (request.url === '/report') {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ effects: keys.size, repeated, latenciesMs }))
    latenciesMs = []
    keys.clear()
    repeated = 0
    return
  }
  if (request.url === '/count')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ effects: keys.size }))
  let text = ''
  request.setEncoding('utf8')
  request.on('data', (chunk) => {
    text += chunk
  })
  request.on('end', () => {
    const key = request.headers['idempotency-key'] as string
    if (keys.has(key)) repeated += 1
    else {
      const { sentAt } = JSON.parse(text) as { sentAt: number }
      latenciesMs.push(Date.now() - sentAt)
      keys.set(key, 1)
    }
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"ord_1"}')
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })))
process.on('SIGTERM', () => process.exit(0))
