import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Connection, ConnectionState, Connections } from '../connections/index.ts'
import { createConnectionHealth } from './connection-health.ts'

const healthOf = (connections: Connections) =>
  createConnectionHealth(
    connections,
    () => undefined,
    (error) => expect.fail(String(error)),
  )

it('stores what it says in the order in which it says it, however long each takes', async () => {
  const stored: ConnectionState[] = []
  // A database can't be told to answer the first of two statements last, which is what a busy one does.
  const connections = {
    onChange: () => {},
    setState: async (_id: string, _version: number, state: ConnectionState) => {
      await delay(state === 'degraded' ? 50 : 0)
      stored.push(state)
      return true
    },
  } as unknown as Connections
  const health = healthOf(connections)
  const connection = { id: 'c', platform: 'crm', secretVersion: 1, state: 'healthy' } as Connection
  for (let call = 0; call < 3; call += 1) health.credential(connection, 'refused', 'answered 401')
  await health.close()
  expect(stored).toEqual(['degraded', 'needs-reauth'])
})

it('forgets no refusal over the news that it said itself that the connection is healthy', async () => {
  const stored: ConnectionState[] = []
  const connection = { id: 'c', platform: 'crm', secretVersion: 1, state: 'healthy', pausedUntilMs: null } as Connection
  let tell: Parameters<Connections['onChange']>[0] = () => {}
  // The calls end while the database is slow: between two statements that wait for their turn, as on a busy machine.
  const connections = {
    onChange: (listener: typeof tell) => (tell = listener),
    setState: async (_id: string, _version: number, state: ConnectionState) => {
      stored.push(state)
      tell({ ...connection, state }, connection)
      if (stored.length === 2) health.credential(connection, 'accepted', '')
      return true
    },
  } as unknown as Connections
  const health = healthOf(connections)
  health.credential(connection, 'refused', 'answered 401')
  health.credential(connection, 'accepted', '')
  health.credential(connection, 'refused', 'answered 401')
  await health.close()
  expect(stored).toEqual(['degraded', 'healthy', 'degraded', 'healthy'])
})

it('tells once that a connection opens of which runs were turned away, when it does, and nothing after its end', async () => {
  let told = 0
  const health = createConnectionHealth(
    { onChange: () => {} } as unknown as Connections,
    () => undefined,
    (error) => expect.fail(String(error)),
    () => (told += 1),
  )
  const [one, other] = ['one', 'other'].map((id) => ({ id, platform: 'crm' }) as Connection)
  const turnAway = (connection: Connection, untilMs: number) =>
    health.turnedAway(connection, { kind: 'throttled', reason: '', key: '', untilMs }, Date.now())
  const openMs = Date.now() + 300
  for (let run = 0; run < 5; run += 1) turnAway(one!, openMs)
  expect(told).toBe(0)
  await expect.poll(() => told).toBe(1)
  expect(Date.now()).toBeGreaterThanOrEqual(openMs)
  turnAway(other!, Date.now() + 100)
  // Further than a timer reaches.
  turnAway(one!, Date.now() + 100 * 86_400_000)
  await health.close()
  await delay(200)
  expect(told).toBe(1)
})
