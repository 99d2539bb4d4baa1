import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { Connection, ConnectionState, Connections } from '../connections/index.ts'
import { createConnectionHealth } from './connection-health.ts'

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
  const health = createConnectionHealth(
    connections,
    () => undefined,
    (error) => expect.fail(String(error)),
  )
  const connection = { id: 'c', platform: 'crm', secretVersion: 1, state: 'healthy' } as Connection
  for (let call = 0; call < 3; call += 1) health.credential(connection, 'refused', 'answered 401')
  await health.settled()
  expect(stored).toEqual(['degraded', 'needs-reauth'])
})
