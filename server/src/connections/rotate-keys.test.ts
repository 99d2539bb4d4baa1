import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { checkKeyRing, createConnections, generateKey, parseKeyRing, rotateKeys, Secret } from './index.ts'

const oldKey = generateKey(new Date('2025-01-01'))
const newKey = generateKey(new Date('2026-01-01'))
const oldRing = parseKeyRing(oldKey, 'test')
const bothRing = parseKeyRing(`${newKey},${oldKey}`, 'test')
const newRing = parseKeyRing(newKey, 'test')
const CONNECTIONS = 300

let database: TestDatabase
const ids: string[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  const connections = createConnections({ database, keyRing: oldRing })
  for (let number = 0; number < CONNECTIONS; number += 1) {
    const facts = { platform: 'p', organization: 'o', customer: `c${number}`, authentication: { kind: 'bearer' as const } }
    ids.push((await connections.add(facts, { token: new Secret(`token-${number}`) })).id)
  }
  for (let number = 0; number < 10; number += 1) await connections.webhookSecrets.add(`source-${number}`, new Secret(`webhook-${number}`))
  await connections.close()
})
afterAll(() => database?.drop())

const uses = async () => Object.fromEntries((await checkKeyRing(database, bothRing)).map((use) => [use.keyId, use.secrets]))

describe('rotateKeys', () => {
  it('refuses at start when the ring lacks a key that is in use', async () => {
    await expect(checkKeyRing(database, newRing)).rejects.toMatchObject({ code: 'connections.key_unknown' })
    await expect(rotateKeys(database, newRing)).rejects.toMatchObject({ code: 'connections.key_unknown' })
  })

  it('that was killed in the middle leaves every secret readable, goes on where it stopped, and loses none', async () => {
    const child = fork(join(import.meta.dirname, 'rotate-keys.crash.ts'), [database.url, `${newKey},${oldKey}`], { execArgv: [] })
    // The child stands between two statements of its fifth batch when it is killed.
    const [rotated] = await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(rotated).toBe(40)
    expect(await uses()).toEqual({ [newRing.newest.id]: 40, [oldRing.newest.id]: CONNECTIONS + 10 - 40 })

    const reports: number[] = []
    const result = await rotateKeys(database, bothRing, { batchSize: 100, onProgress: (progress) => reports.push(progress.rotated) })
    expect(result).toEqual({ rotated: CONNECTIONS + 10 - 40, total: CONNECTIONS + 10 - 40 })
    expect(reports).toEqual([100, 200, 260, 270])
    expect(await uses()).toEqual({ [newRing.newest.id]: CONNECTIONS + 10 })

    const connections = createConnections({ database, keyRing: newRing })
    for (const [number, id] of ids.entries()) {
      const { headers } = (await connections.authorize(id)).apply({ headers: {}, path: '/' })
      expect(headers).toEqual({ authorization: `Bearer token-${number}` })
    }
    expect((await connections.webhookSecrets.inForce('source-3'))[0]!.equals('webhook-3')).toBe(true)
    await connections.close()
  })

  it('finds nothing to do the second time', async () => {
    expect(await rotateKeys(database, bothRing)).toEqual({ rotated: 0, total: 0 })
  })

  it('two at once share the work, and a credential changed meanwhile keeps its new value', async () => {
    const third = parseKeyRing(`${generateKey(new Date())},${newKey}`, 'test')
    const connections = createConnections({ database, keyRing: newRing })
    const rotations = Promise.all([rotateKeys(database, third, { batchSize: 20 }), rotateKeys(database, third, { batchSize: 20 })])
    await Promise.all(ids.slice(0, 50).map((id) => connections.replaceSecrets(id, { token: new Secret('changed') })))
    await rotations
    await connections.close()
    // A change that came last was sealed by a process with the old newest key: the next rotation takes it.
    await rotateKeys(database, third)
    expect(await checkKeyRing(database, third)).toEqual([{ keyId: third.newest.id, secrets: CONNECTIONS + 10 }])
    const reader = createConnections({ database, keyRing: third })
    for (const id of ids.slice(0, 50))
      expect((await reader.authorize(id)).apply({ headers: {}, path: '/' }).headers.authorization).toBe('Bearer changed')
    await reader.close()
  })
})
