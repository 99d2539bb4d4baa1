import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateKey, parseKeyRing } from './key-ring.ts'
import { EMBEDDED_KEY_FILE, openKeyRing } from './open-key-ring.ts'

const now = new Date('2026-11-23T12:00:00Z')

describe('parseKeyRing', () => {
  it('takes the first key as the newest and finds all by id', () => {
    const ring = parseKeyRing(`# a comment\n${generateKey(now)}, old:${Buffer.alloc(32, 1).toString('base64')}\n`, 'test')
    expect(ring.newest.id).toMatch(/^k20261123-[0-9a-f]{4}$/)
    expect(ring.keys.map((key) => key.id)).toEqual([ring.newest.id, 'old'])
    expect(ring.find('old')?.fingerprint).toBe('72cd6e84')
    expect(ring.find('none')).toBeUndefined()
  })

  it.each([
    ['a', 'no ":"'],
    ['a:', 'not base64'],
    ['a:!!!!', 'not base64'],
    [`a:${Buffer.alloc(16).toString('base64')}`, '16 bytes instead of 32'],
    [`a b:${Buffer.alloc(32).toString('base64')}`, 'its id'],
    [`a:${Buffer.alloc(32).toString('base64')},a:${Buffer.alloc(32).toString('base64')}`, 'appears twice'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseKeyRing(text, 'BRIDGEKEEPER_KEYS')).toThrow(reason)
  })

  it('shows no key bytes in messages and print-outs', () => {
    const bytes = Buffer.alloc(32, 7).toString('base64')
    const ring = parseKeyRing(`a:${bytes}`, 'test')
    expect(inspect(ring, { depth: 9, showHidden: true }) + JSON.stringify(ring)).not.toContain(bytes)
    for (const text of [`${bytes}`, `a:${bytes}x`, `a b:${bytes}`]) {
      expect(() => parseKeyRing(text, 'test')).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(bytes.slice(0, 10)) }),
      )
    }
  })
})

describe('openKeyRing', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridgekeeper-keys-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('refuses to go on without a key ring and says how to make one', async () => {
    await expect(openKeyRing({})).rejects.toMatchObject({
      code: 'connections.key_ring_missing',
      fix: expect.stringContaining('bridgekeeper keys generate'),
    })
    await expect(openKeyRing({ keys: '  ' })).rejects.toMatchObject({ code: 'connections.key_ring_missing' })
    await expect(openKeyRing({ keyFile: join(folder, 'absent') })).rejects.toMatchObject({ code: 'connections.key_file_unreadable' })
  })

  it('makes the embedded default a key file of its own with mode 600, once, also when several processes start at once', async () => {
    const inside = join(folder, 'new')
    const rings = await Promise.all(Array.from({ length: 8 }, () => openKeyRing({ embeddedFolder: inside })))
    expect(new Set(rings.map((ring) => ring.newest.fingerprint)).size).toBe(1)
    expect(readdirSync(inside)).toEqual([EMBEDDED_KEY_FILE])
    expect(statSync(join(inside, EMBEDDED_KEY_FILE)).mode & 0o777).toBe(0o600)
    const again = await openKeyRing({ embeddedFolder: inside })
    expect(again.newest.fingerprint).toBe(rings[0]!.newest.fingerprint)
  })

  it('refuses the embedded key file when others can read it', async () => {
    await openKeyRing({ embeddedFolder: folder })
    chmodSync(join(folder, EMBEDDED_KEY_FILE), 0o644)
    await expect(openKeyRing({ embeddedFolder: folder })).rejects.toMatchObject({ code: 'connections.key_file_open_to_others' })
  })

  it('prefers the variable, then the file, then the embedded default', async () => {
    await openKeyRing({ embeddedFolder: folder })
    const keyFile = join(folder, EMBEDDED_KEY_FILE)
    const id = readFileSync(keyFile, 'utf8').match(/^(k[^:]+):/m)![1]
    expect((await openKeyRing({ keyFile })).newest.id).toBe(id)
    expect((await openKeyRing({ keys: `mine:${Buffer.alloc(32).toString('base64')}`, keyFile })).newest.id).toBe('mine')
  })
})
