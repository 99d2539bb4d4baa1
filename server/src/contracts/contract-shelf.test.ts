import { describe, expect, it } from 'vitest'
import { createContractShelf } from './contract-shelf.ts'
import { readContract } from './read-contract.ts'
import { listedValues } from './usage/enumerated-fields.ts'

const document = (values: string[]) =>
  JSON.stringify({
    openapi: '3.0.3',
    info: { title: 't', version: '1' },
    paths: {
      '/a': {
        get: {
          parameters: [
            { name: 'kind', in: 'query', schema: { enum: values } },
            { name: 'free', in: 'query', schema: { type: 'string' } },
          ],
          responses: {},
        },
      },
    },
  })
const asked: string[] = []
const source =
  (hash: string, text = document(['x'])) =>
  async () => {
    asked.push(hash)
    return { text, name: hash }
  }

describe('contracts on the shelf', () => {
  it('are read once for all who ask, also for those who ask while they are being read', async () => {
    asked.length = 0
    const shelf = createContractShelf()
    const [one, two] = await Promise.all([shelf.read('h', source('h')), shelf.read('h', source('h'))])
    expect(one).toBe(two)
    expect(await shelf.read('h', source('h'))).toBe(one)
    shelf.keep('k', await readContract(await source('k')()))
    await shelf.read('k', source('k'))
    expect(asked).toEqual(['h', 'k'])
  })

  it('make room for others, those unused for longest first; what could not be read is asked for again', async () => {
    asked.length = 0
    const size = document(['x']).length
    const shelf = createContractShelf(2 * size)
    for (const hash of ['a', 'b', 'a', 'c', 'a', 'b']) await shelf.read(hash, source(hash))
    expect(asked).toEqual(['a', 'b', 'c', 'b'])
    const bad = () => shelf.read('bad', source('bad', '{'))
    await expect(bad()).rejects.toThrow()
    await expect(bad()).rejects.toThrow()
    expect(asked.slice(-2)).toEqual(['bad', 'bad'])
    const large = createContractShelf(1)
    expect(await large.read('l', source('l'))).toBe(await large.read('l', source('l')))
  })
})

it('usage keeps the values that the contract in force lists, and those of the next one when another came into force', async () => {
  let [key, nowMs] = ['old', 0]
  const texts: Record<string, string> = { old: document(['x']), fresh: document(['x']).replace('"free"', '"other"') }
  const problems: unknown[] = []
  const listed = listedValues({
    contractOf: async (platform) => (platform === 'none' ? undefined : { key, source: source(key, texts[key]) }),
    shelf: createContractShelf(),
    onProblem: (error) => problems.push(error),
    now: () => nowMs,
  })
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20))
  expect(listed('p', 'GET', '/a')).toBeUndefined()
  await settled()
  expect([...listed('p', 'GET', '/a')!]).toEqual(['query kind'])
  key = 'fresh'
  texts.fresh = texts.fresh!.replace('"type":"string"', '"type":"boolean"')
  expect([...listed('p', 'GET', '/a')!]).toEqual(['query kind'])
  nowMs += 30_000
  listed('p', 'GET', '/a')
  await settled()
  expect([...listed('p', 'GET', '/a')!]).toEqual(['query kind', 'query other'])
  expect(listed('none', 'GET', '/a')).toBeUndefined()
  await settled()
  expect(listed('none', 'GET', '/a')!.size).toBe(0)
  expect(problems).toEqual([])
})
