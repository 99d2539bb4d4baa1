import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PartnerRequest {
  method: string
  path: string
  key: string | undefined
  body: unknown
  at: number
}

/** What the partner does with the next requests instead of answering 200. `lost` performs the effect and drops the connection. */
export type PartnerFault =
  | { status: number; headers?: Record<string, string> }
  | 'drop'
  | 'lost'
  | { delayMs: number }
  | { until: Promise<void> }

export interface PartnerServer {
  url: string
  /** `127.0.0.1:PORT`, for the list of allowed hosts. */
  host: string
  /** Everything that arrived. */
  requests: PartnerRequest[]
  /** What happened: a request with a known key is answered again and happens once. */
  effects: PartnerRequest[]
  /** Decides about each request; undefined: answer normally. */
  fault: (request: PartnerRequest) => PartnerFault | undefined
  stop(): Promise<void>
}

/** A partner's API over real HTTP that honours `Idempotency-Key` and keeps count. For tests of the runtime; sandboxes are the product's own. */
export async function startPartner(): Promise<PartnerServer> {
  const known = new Map<string, string>()
  const partner: PartnerServer = { url: '', host: '', requests: [], effects: [], fault: () => undefined, stop: async () => {} }
  const server: Server = createServer(async (request, response) => {
    const body = await readJson(request)
    const seen: PartnerRequest = {
      method: request.method!,
      path: request.url!,
      key: request.headers['idempotency-key'] as string | undefined,
      body,
      at: Date.now(),
    }
    partner.requests.push(seen)
    const fault = partner.fault(seen)
    if (fault === 'drop') return void request.socket.destroy()
    if (typeof fault === 'object' && 'delayMs' in fault) await new Promise((resolve) => setTimeout(resolve, fault.delayMs))
    if (typeof fault === 'object' && 'until' in fault) await fault.until
    if (typeof fault === 'object' && 'status' in fault) {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end('{"error":"fault"}')
      return
    }
    const first = seen.key === undefined ? undefined : known.get(seen.key)
    const answer = first ?? JSON.stringify({ id: `obj_${partner.effects.length + 1}` })
    if (first === undefined && seen.method !== 'GET') {
      partner.effects.push(seen)
      if (seen.key !== undefined) known.set(seen.key, answer)
    }
    if (fault === 'lost') return void request.socket.destroy()
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  partner.url = `http://127.0.0.1:${port}`
  partner.host = `127.0.0.1:${port}`
  partner.stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return partner
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? undefined : JSON.parse(text)
}
