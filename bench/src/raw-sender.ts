import { createHmac } from 'node:crypto'
import { connect } from 'node:net'

const connections = 128

export interface Sending {
  latenciesMs: number[]
  /** Of the deliveries that were acknowledged. */
  ids: string[]
  elapsedSeconds: number
}

/**
 * Sends signed webhooks over keep-alive connections for some seconds, each with an id of its own, as fast as they are
 * acknowledged. On bare sockets: an HTTP client would take more time than the server that is measured.
 */
export async function send(port: number, bodies: readonly Buffer[], seconds: number): Promise<Sending> {
  const requests = bodies.map(requestOf)
  const sending: Sending = { latenciesMs: [], ids: [], elapsedSeconds: 0 }
  const startedAt = performance.now()
  const runId = process.hrtime.bigint().toString(36)
  let sent = 0
  const next = () => {
    if (performance.now() >= startedAt + seconds * 1000) return null
    const { head, tail } = requests[sent % requests.length]!
    sent += 1
    return Buffer.concat([Buffer.from(`${head}${runId}-${sent}`), tail])
  }
  await Promise.all(Array.from({ length: connections }, () => converse(port, next, sending)))
  sending.elapsedSeconds = (performance.now() - startedAt) / 1000
  return sending
}

function requestOf(body: Buffer): { head: string; tail: Buffer } {
  const headers = {
    Host: 'localhost',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/044aadd',
    Accept: '*/*',
    'X-GitHub-Event': 'issues',
    'X-GitHub-Hook-ID': '292430182',
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', 'secret').update(body).digest('hex')}`,
    'Content-Length': String(body.length),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return {
    head: `POST /webhooks/github HTTP/1.1\r\n${lines.join('')}X-GitHub-Delivery: `,
    tail: Buffer.concat([Buffer.from('\r\n\r\n'), body]),
  }
}

function converse(port: number, next: () => Buffer | null, { latenciesMs, ids }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let sentAt = 0
    const go = () => {
      const request = next()
      if (request === null) return socket.end(resolve)
      sentAt = performance.now()
      socket.write(request)
    }
    socket.setNoDelay(true)
    socket.on('connect', go)
    socket.on('error', reject)
    socket.on('data', (data) => {
      // An answer is far smaller than a packet and the next request waits for it: one chunk is one answer.
      const text = data.toString('latin1')
      if (!text.startsWith('HTTP/1.1 202')) return reject(new Error(`not acknowledged: ${text}`))
      latenciesMs.push(performance.now() - sentAt)
      ids.push(text.slice(-38, -2))
      go()
    })
  })
}
