import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { processorMs } from '../../../test/processor-time.ts'
import { compareContracts } from '../compare-contracts.ts'
import type { Json } from '../json.ts'
import { type ReadOptions, readContract } from '../read-contract.ts'

const read = (text: string, options?: ReadOptions) => readContract({ name: 'hostile', text }, options)
const document = (schemas: Record<string, unknown>, schema: unknown = { $ref: '#/components/schemas/A' }) => ({
  openapi: '3.1.0',
  paths: { '/a': { get: { responses: { 200: { content: { 'application/json': { schema } } } } } } },
  components: { schemas },
})

/** Answers within a time that nobody waits for, or fails. */
async function within<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const start = processorMs()
  const result = await work()
  expect(processorMs() - start).toBeLessThan(seconds * 1000)
  return result
}

describe('a hostile document ends in a clear error or a bounded answer', () => {
  it('references that go round without a schema are undetermined, and said so', async () => {
    const loop = await read(JSON.stringify(document({ A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } })))
    const sane = await read(JSON.stringify(document({ A: { type: 'string' } })))
    expect(compareContracts(sane, loop).map((finding) => finding.rule)).toContain('response-body-undetermined')
  })

  it('a schema that contains itself in every way compares', async () => {
    const self = (type: string) => ({
      A: {
        type: 'object',
        properties: { value: { type }, next: { $ref: '#/components/schemas/A' } },
        items: { $ref: '#/components/schemas/A' },
        allOf: [{ $ref: '#/components/schemas/A' }],
        oneOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }],
      },
    })
    const [before, after] = [await read(JSON.stringify(document(self('string')))), await read(JSON.stringify(document(self('integer'))))]
    await within(5, async () =>
      expect(compareContracts(before, after).some((finding) => finding.rule === 'response-property-type-changed')).toBe(true),
    )
  })

  it('a YAML billion laughs is refused before anybody walks it', async () => {
    const levels = Array.from({ length: 30 }, (_, level) => `x${level + 1}: &x${level + 1} [${Array(10).fill(`*x${level}`).join(', ')}]`)
    const bomb = ['openapi: 3.0.0', 'x0: &x0 [lol]', ...levels].join('\n')
    await within(5, () => expect(read(bomb)).rejects.toMatchObject({ code: 'contracts.document_too_complex' }))
  })

  it('a YAML alias that contains itself is refused', async () => {
    await expect(read('openapi: 3.0.0\nx: &x\n  y: *x\n')).rejects.toMatchObject({ code: 'contracts.document_too_complex' })
  })

  it('50 MB are refused by their size', async () => {
    const big = `{"openapi":"3.0.0","x":"${'a'.repeat(50 * 1024 * 1024)}"}`
    await within(2, () => expect(read(big)).rejects.toMatchObject({ code: 'contracts.document_too_large' }))
  })

  it('millions of empty objects are refused before they are built', async () => {
    const many = `{"openapi":"3.0.0","x":[${'{},'.repeat(5_000_000)}{}]}`
    await within(5, () => expect(read(many)).rejects.toMatchObject({ code: 'contracts.document_too_complex' }))
  })

  it.each([
    ['JSON', `{"openapi":"3.0.0","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['JSON that never closes', `{"openapi":"3.0.0","x":${'{"a":'.repeat(100_000)}`],
    ['YAML in brackets', `openapi: 3.0.0\nx: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`],
    ['YAML in mixed brackets', `openapi: 3.0.0\nx: ${'[{a: '.repeat(50_000)}\n`],
    ['YAML in dashes', `openapi: 3.0.0\nx:\n  ${'- '.repeat(100_000)}a\n`],
    ['YAML by indentation', `openapi: 3.0.0\n${Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth)}x:`).join('\n')}\n`],
  ])('deep nesting is refused: %s', async (_, text) => {
    await within(10, () =>
      expect(read(text)).rejects.toMatchObject({ code: expect.stringMatching(/^contracts\.(document_too_complex|document_unreadable)$/) }),
    )
  })

  it('a long chain of references and a deep chain of schemas compare without filling the stack', async () => {
    const chain = (last: Json) =>
      Object.fromEntries(
        Array.from({ length: 20_000 }, (_, at) => [
          `S${at}`,
          at === 19_999 ? last : { type: 'object', properties: { next: { $ref: `#/components/schemas/S${at + 1}` } } },
        ]),
      )
    const root = { $ref: '#/components/schemas/S0' }
    const [before, after] = [
      await read(JSON.stringify(document(chain({ type: 'string' }), root))),
      await read(JSON.stringify(document(chain({ type: 'integer' }), root))),
    ]
    const found = await within(20, async () => compareContracts(before, after))
    expect(found.filter((finding) => finding.rule === 'response-property-type-changed')).toHaveLength(1)
  })

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:5432/x.yaml',
    'http://[::1]/x',
    'http://10.0.0.8/x',
    'https://localhost/x',
    'http://[::ffff:192.168.0.1]/x',
    'file:///etc/passwd',
    'http://0x7f.1/x',
  ])('a reference to %s is refused without asking the fetcher', async (ref) => {
    const asked: string[] = []
    const fetchRemote = async (url: URL) => {
      asked.push(url.href)
      return '{}'
    }
    await expect(read(JSON.stringify(document({ A: { $ref: `${ref}#/x` } })), { fetchRemote })).rejects.toMatchObject({
      code: 'contracts.remote_reference_refused',
    })
    expect(asked).toEqual([])
  })

  it('a reference can not leave the folder of the contract', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contract-'))
    await writeFile(join(folder, 'api.json'), JSON.stringify(document({ A: { $ref: '../../etc/passwd#/x' } })))
    await expect(readContract({ path: join(folder, 'api.json') })).rejects.toMatchObject({ code: 'contracts.reference_outside' })
  })

  it('keys of the prototype are plain names', async () => {
    const keys =
      '"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{"type":"string"},"hasOwnProperty":{"type":"string"}'
    const text = (more: string) =>
      `{"openapi":"3.1.0","paths":{"/a":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{"type":"object","properties":{${more}}}}}}}}}}}`
    const [before, after, bare] = [
      await read(text(keys)),
      await read(text(keys.replaceAll('string', 'integer'))),
      await read(text('"a":{}')),
    ]
    const changed = compareContracts(before, after).filter((finding) => finding.rule === 'response-property-type-changed')
    expect(changed.map((finding) => finding.field).sort()).toEqual(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])
    expect(compareContracts(before, bare).filter((finding) => finding.rule === 'response-optional-property-removed')).toHaveLength(4)
    expect(({} as Record<string, unknown>).type).toBeUndefined()
    const yaml = 'openapi: 3.1.0\n__proto__:\n  polluted: yes\nconstructor: 1\npaths: {}\n'
    await read(yaml)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it.each([
    ['nothing', ''],
    ['a list', '[]'],
    ['a web page', '<!doctype html><html><body>502 Bad Gateway</body></html>'],
    ['a cut-off document', '{"openapi":"3.0.0","paths":{"/a":{"get":{"respon'],
    ['another format', '{"asyncapi":"2.6.0"}'],
  ])('%s is no contract', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: expect.stringMatching(/^contracts\.(not_an_api_description|document_unreadable)$/),
    })
  })
})

describe('work stays linear', () => {
  /** 250 schemas with five references each, all reachable from 100 operations, every schema changed. */
  function knotted(schemas: number, type: string) {
    const named = Object.fromEntries(
      Array.from({ length: schemas }, (_, at) => [
        `S${at}`,
        {
          type: 'object',
          properties: {
            value: { type },
            ...Object.fromEntries(
              [1, 2, 3, 5, 8].map((step, index) => [`r${index}`, { $ref: `#/components/schemas/S${(at * step + step) % schemas}` }]),
            ),
          },
        },
      ]),
    )
    const operation = { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } } } }
    return {
      openapi: '3.0.0',
      paths: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`/p${at}`, { get: operation }])),
      components: { schemas: named },
    }
  }

  it('with knotted schemas: twice the schemas cost about twice the time', async () => {
    const time = async (schemas: number) => {
      const [before, after] = [
        await read(JSON.stringify(knotted(schemas, 'string'))),
        await read(JSON.stringify(knotted(schemas, 'integer'))),
      ]
      compareContracts(before, after)
      const start = process.cpuUsage()
      const found = compareContracts(before, after)
      const { user } = process.cpuUsage(start)
      expect(
        new Set(found.filter((finding) => finding.rule === 'response-property-type-changed').map((finding) => finding.path)).size,
      ).toBe(100)
      return user
    }
    const [once, twice] = [await time(125), await time(250)]
    expect(twice / once).toBeLessThan(5)
  }, 120_000)
})
