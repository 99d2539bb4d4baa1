import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { checkServer, migrate, openDatabase } from './index.ts'

let mine: TestDatabase
beforeAll(async () => {
  mine = await createTestDatabase()
})
afterAll(() => mine.drop())

/** What is thrown by the first look at a database, or by the first migration of it. */
async function refusal(url: string): Promise<{ code: string; message: string; fix: string } | undefined> {
  let database: ReturnType<typeof openDatabase> | undefined
  try {
    database = openDatabase(url, { maxConnections: 1 })
    await checkServer(database)
    await migrate(database)
    return undefined
  } catch (error) {
    return error as { code: string; message: string; fix: string }
  } finally {
    await database?.close()
  }
}

describe('an address', () => {
  it.each([
    ['bridge', 'it does not begin with postgres://'],
    ['mysql://ada:secret@db/x', 'it does not begin with postgres://'],
    ['postgres://ada:sec/ret@se@db.example:port/x', 'its parts can not be told apart'],
    ['postgres://ada:secret@db/x?sslrootcert=/nowhere/ca.pem', 'the file /nowhere/ca.pem that it names can not be read (ENOENT)'],
  ])('that is none is not connected to, and nothing of a password is shown: %s', async (url, reason) => {
    const { code, message } = (await refusal(url))!
    expect(code).toBe('database.url_malformed')
    expect(message).toContain(reason)
    expect(message).not.toMatch(/sec|ret/)
  })
})

describe('a user of somebody else’s PostgreSQL', () => {
  const [role, name] = [`plain_${process.pid}`, `theirs_${process.pid}`]
  const url = () => {
    const address = new URL(mine.url.replace('@/', '@localhost/'))
    address.username = role
    address.password = 'pa:ss/w@rd'
    address.pathname = `/${name}`
    return address.href.replace('@localhost/', mine.url.includes('@/') ? '@/' : '@localhost/')
  }
  beforeAll(async () => {
    await mine.pool.query(`create role ${role} login password 'pa:ss/w@rd'`)
    await mine.pool.query(`create database ${name} template template0`)
  })
  afterAll(async () => {
    await mine.pool.query(`drop database if exists ${name} with (force)`)
    await mine.pool.query(`drop role if exists ${role}`)
  })

  it('is told which rights are missing, and with these needs no others', async () => {
    const { code, message, fix } = (await refusal(url()))!
    expect(code).toBe('database.no_rights')
    expect(message).toContain(role)
    const grants = [...fix.matchAll(/grant [^;]+;/g)].map(([grant]) => grant)
    expect(grants).toHaveLength(2)
    const owner = openDatabase(mine.url.replace(/\/[^/?]+(?=\?|$)/, `/${name}`), { maxConnections: 1 })
    for (const grant of grants) await owner.pool.query(grant)
    await owner.close()
    expect(await refusal(url())).toBeUndefined()
  })

  it('is told that a standby takes no writes', async () => {
    const readOnly = `${mine.url}${mine.url.includes('?') ? '&' : '?'}options=${encodeURIComponent('-c default_transaction_read_only=on')}`
    expect((await refusal(readOnly))!.code).toBe('database.read_only')
  })
})

describe('TLS', () => {
  it.each(['require', 'verify-ca', 'verify-full'])('a certificate that nobody vouches for is not trusted with sslmode=%s', async (mode) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 })
    // As PostgreSQL answers the request for TLS; what would come after is not reached.
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write('S')
        new TLSSocket(socket, { isServer: true, cert, key }).on('error', () => {})
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      const { code, message, fix } = (await refusal(`postgres://ada:secret@127.0.0.1:${port}/x?sslmode=${mode}`))!
      expect({ code, message }).toEqual({ code: 'database.tls_untrusted', message: expect.stringContaining('self-signed certificate.') })
      expect(message).not.toContain('secret')
      expect(fix).toContain('sslrootcert')
    } finally {
      server.close()
    }
  })
})
