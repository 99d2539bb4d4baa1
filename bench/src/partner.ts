/**
 * The partner's API as a process of its own: answers at once, honours idempotency keys, measures from the sender's clock to the effect. On bare
 * sockets like the sender, because it shares the cores with what is measured: an HTTP server would take twice the time.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'

const keys = new Set<string>()
let latenciesMs: number[] = []
let repeated = 0

const server = createServer((socket) => {
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  let rest = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    rest = answerAll(socket, rest + chunk)
  })
})

/** @returns what is not yet a whole request */
function answerAll(socket: Socket, text: string): string {
  for (let rest = text; ; ) {
    const headEnd = rest.indexOf('\r\n\r\n')
    if (headEnd === -1) return rest
    const head = rest.slice(0, headEnd)
    const end = headEnd + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (rest.length < end) return rest
    socket.write(answerTo(head, rest.slice(headEnd + 4, end)))
    rest = rest.slice(end)
  }
}

function answerTo(head: string, body: string): string {
  if (head.startsWith('GET /count')) return answer('200 OK', JSON.stringify({ effects: keys.size }))
  if (head.startsWith('GET /report')) {
    const report = JSON.stringify({ effects: keys.size, repeated, latenciesMs })
    latenciesMs = []
    keys.clear()
    repeated = 0
    return answer('200 OK', report)
  }
  const key = /idempotency-key: (.+)/i.exec(head)![1]!
  if (keys.has(key)) repeated += 1
  else {
    latenciesMs.push(Date.now() - (JSON.parse(body) as { sentAt: number }).sentAt)
    keys.add(key)
  }
  return made
}

function answer(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}
const made = answer('201 Created', '{"id":"ord_1"}')

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })))
process.on('SIGTERM', () => process.exit(0))
