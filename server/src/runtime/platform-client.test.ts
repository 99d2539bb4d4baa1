import { expect, it } from 'vitest'
import { createPlatformClient, type FlowCall } from './platform-client.ts'

it('sends with each of its methods, also when one is taken out of it or it is spread', async () => {
  const sent: FlowCall[] = []
  const client = createPlatformClient('helpdesk', async (call) => {
    sent.push(call)
    return { status: 200, headers: { etag: '"1"' }, body: call.method }
  })
  const { GET, send } = { ...client }
  const bodies = [
    await GET('/tickets/{id}', { params: { path: { id: 7 }, query: { all: true } }, headers: { a: 'b' } }),
    await client.HEAD('/x'),
    await client.POST('/x', { body: { n: 1 } }),
    await client.PUT('/x'),
    await client.PATCH('/x'),
    await client.DELETE('/x'),
  ]
  expect(bodies).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
  expect(sent[0]).toEqual({
    platform: 'helpdesk',
    method: 'GET',
    path: '/tickets/{id}',
    pathParameters: { id: 7 },
    query: { all: true },
    headers: { a: 'b' },
    body: undefined,
  })
  expect(sent[2]).toMatchObject({ body: { n: 1 }, pathParameters: {}, query: {}, headers: {} })
  expect(await send('GET', '/x')).toEqual({ status: 200, headers: { etag: '"1"' }, body: 'GET' })
})
