import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

export const helpdeskContract = fileURLToPath(new URL('../../../examples/github-helpdesk/platforms/helpdesk/openapi.yaml', import.meta.url))
export const githubContract = fileURLToPath(import.meta.resolve('@octokit/openapi/generated/api.github.com.json'))

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
export type Answer = { status: number; headers: Headers; text: string; body: any }

/** Real HTTP against a sandbox, with the credential that the example contracts ask for. */
export function clientOf(url: string, always: Record<string, string> = { 'x-api-key': 'test' }) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const type: Record<string, string> =
      body === undefined || body instanceof FormData || headers['content-type'] ? {} : { 'content-type': 'application/json' }
    const response = await fetch(url + path, {
      method,
      headers: { ...always, ...type, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' || body instanceof FormData ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: parse(text) }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const ticket = (fields: Record<string, unknown> = {}) => ({
  subject: 'Widget creation fails',
  description: 'It looks broken.',
  requester: { name: 'Mona', email: 'mona@acme.example' },
  ...fields,
})

// biome-ignore lint/suspicious/noExplicitAny: payloads of any contract.
export type Received = { headers: IncomingHttpHeaders; raw: Buffer; payload: any }

/** A receiver of webhooks on a real port. `answers` are the statuses it gives, the last one for all that follow. */
export async function startReceiver(answers: number[] = [200]) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const status = answers[Math.min(received.length, answers.length - 1)]!
      received.push({ headers: request.headers, raw, payload: JSON.parse(raw.toString()) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, stop }
}
