import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as a partner saw it. */
export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer
}

/** A real HTTP server on loopback that answers as the test says. */
export interface TestPartner {
  url: string
  /** `127.0.0.1:port`, for the list of allowed hosts. */
  host: string
  seen: Seen[]
  /** What to answer; may take over the raw response by returning nothing. */
  answer: (request: Seen, response: ServerResponse) => Reply | undefined | Promise<Reply | undefined>
  close(): Promise<void>
}

export async function startTestPartner(): Promise<TestPartner> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const seen = { method: request.method!, url: request.url!, headers: request.headers, body: Buffer.concat(chunks).toString('utf8') }
    partner.seen.push(seen)
    const reply = await partner.answer(seen, response)
    if (!reply) return
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(reply.body ?? '{}')
  })
  // A request that the test aborts is no news.
  server.on('clientError', (_, socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const partner: TestPartner = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    seen: [],
    answer: () => ({}),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return partner
}
