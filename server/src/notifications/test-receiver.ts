import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: IncomingHttpHeaders
  body: string
  at: Date
}

export interface TestReceiver {
  url: string
  /** For the list of allowed hosts. */
  host: string
  received: Received[]
  /** What it answers; 0: it hangs up. */
  answer(received: Received): number
  close(): Promise<void>
}

/** Somebody's endpoint over real HTTP. */
export async function startTestReceiver(): Promise<TestReceiver> {
  const receiver: TestReceiver = { url: '', host: '', received: [], answer: () => 204, close: async () => {} }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const received = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8'), at: new Date() }
      receiver.received.push(received)
      const status = receiver.answer(received)
      if (status === 0) request.socket.destroy()
      else response.writeHead(status, status === 302 ? { location: 'http://169.254.169.254/' } : {}).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  receiver.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  receiver.url = `http://${receiver.host}/hook?x=1`
  receiver.close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return receiver
}
