// The least that any receiver of webhooks does: read the body, answer 202. Prints its port.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const answer = `{"delivery":"${crypto.randomUUID()}"}`
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': answer.length }).end(answer)
  })
})
process.on('SIGUSR2', () => {
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage().rss }))
})
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port))
