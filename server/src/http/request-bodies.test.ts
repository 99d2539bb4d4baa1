import { Hono } from 'hono'
import { expect, it } from 'vitest'
import type { BridgekeeperError } from '../errors/index.ts'
import type { Authenticated } from '../identity/index.ts'
import { createByteBudget } from '../webhooks/index.ts'
import { readBodies } from './request-bodies.ts'

it('keeps the bodies of all requests together within their room, and gives it back however a request ends', async () => {
  const budget = createByteBudget(1_000)
  const held: (() => void)[] = []
  const app = new Hono<Authenticated>()
  app.onError((error, c) => c.text(`${(error as BridgekeeperError).code}`, ((error as BridgekeeperError).status ?? 500) as 503))
  app.use(readBodies(() => 700, budget))
  app.post('/', async (c) => {
    const { wait } = (await c.req.json()) as { wait?: boolean }
    if (wait) await new Promise<void>((resolve) => held.push(resolve))
    return c.text('done')
  })
  const post = async (body: string) => {
    const response = await app.request('/', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'content-length': String(body.length) },
    })
    return `${response.status} ${await response.text()}`
  }
  const padded = (bytes: number, text: string) => text.padEnd(bytes)

  const first = post(padded(600, '{"wait":true}'))
  await expect.poll(() => held.length).toBe(1)
  expect(await post(padded(600, '{}'))).toBe('503 http.overloaded')
  expect(await post(padded(300, '{}'))).toBe('200 done')
  expect(await post(padded(800, '{}'))).toBe('413 http.body_too_large')
  expect(budget.taken).toBe(600)
  held[0]!()
  expect(await first).toBe('200 done')
  expect(await post(padded(600, '{'))).toMatch(/^(4|5)/)
  expect(budget.taken).toBe(0)
})
