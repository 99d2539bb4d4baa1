import { CustomerDataFailure } from '@bridgekeeper/sdk'
import fc from 'fast-check'
import jsonata from 'jsonata'
import { describe, expect, it } from 'vitest'
import { fieldsRead, letClonesBeMade, ReadNode, unwrap, watch } from './read-set.ts'

const issue = () => ({
  issue: { id: 7, title: 'x', labels: [{ name: 'a', color: 'b' }], user: { login: 'm', mail: 's' } },
  sender: { id: 1 },
})

function readsOf(use: (event: ReturnType<typeof issue>) => unknown): string[] {
  const node = new ReadNode()
  use(watch(issue(), node))
  return fieldsRead(node).map(({ field }) => field)
}

describe('what code reads', () => {
  it('a field that is touched is read, the way there is not', () => {
    expect(readsOf((event) => event.issue.title + event.issue.user.login)).toEqual(['issue.title', 'issue.user.login'])
  })

  it('a field that is asked for and absent is read', () => {
    expect(readsOf((event) => (event.issue as { assignee?: object }).assignee)).toEqual(['issue.assignee'])
    expect(readsOf((event) => 'milestone' in event.issue)).toEqual(['issue.milestone'])
  })

  it('items of a list are one field, however they are visited', () => {
    for (const use of [
      (event: ReturnType<typeof issue>) => event.issue.labels.map((label) => label.name),
      (event: ReturnType<typeof issue>) => event.issue.labels[0]!.name,
      (event: ReturnType<typeof issue>) => [...event.issue.labels].find((label) => label.name === 'z'),
    ])
      expect(readsOf(use)).toEqual(['issue.labels[].name'])
  })

  it('spreading, listing names, and serialising read everything', () => {
    expect(readsOf((event) => ({ ...event.issue.user }))).toEqual(['issue.user.**'])
    expect(readsOf((event) => Object.entries(event.sender))).toEqual(['sender.**'])
    expect(readsOf((event) => JSON.stringify(event.issue.labels))).toEqual(['issue.labels[].**'])
    expect(readsOf((event) => JSON.stringify(event))).toEqual(['**'])
    expect(readsOf((event) => JSON.stringify((event as unknown as { none: unknown[] }).none ?? event.sender))).toEqual([
      'none',
      'sender.**',
    ])
    expect(readsOf(({ issue: { id, ...rest } }) => [id, rest])).toEqual(['issue.**'])
  })

  it('methods and what libraries probe for are no fields', () => {
    expect(readsOf((event) => [String(event.hasOwnProperty), (event as { then?: unknown }).then])).toEqual([])
  })

  it('mappings are watched like code: JSONata reads the paths it names', async () => {
    const node = new ReadNode()
    const result = await jsonata('{ "subject": issue.title, "tags": issue.labels.name }').evaluate(watch(issue(), node))
    expect(JSON.parse(JSON.stringify(result))).toEqual({ subject: 'x', tags: 'a' })
    expect(fieldsRead(node).map(({ field }) => field)).toEqual(['issue.title', 'issue.labels[].name'])
  })

  it('keys that are data become the whole instead of a thousand fields', () => {
    const node = new ReadNode()
    const byId = watch(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`id-${n}`, n])), node)
    for (let n = 0; n < 1000; n++) byId[`id-${n}`]
    expect(fieldsRead(node).map(({ field }) => field)).toEqual(['**'])
    expect(node.children.size).toBe(200)
  })
})

describe('watching changes nothing', () => {
  it('whatever JSON is watched, code sees the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const node = new ReadNode()
        const seen = watch(JSON.parse(JSON.stringify(value)), node)
        expect(JSON.stringify(seen)).toBe(JSON.stringify(value))
        expect(Array.isArray(seen)).toBe(Array.isArray(value))
      }),
    )
  })

  it('the same part is the same object, also after writing, sorting and freezing', () => {
    const event = watch(issue(), new ReadNode())
    expect(event.issue).toBe(event.issue)
    event.issue.title = 'new'
    expect(event.issue.title).toBe('new')
    event.issue.labels.push({ name: 'c', color: 'd' })
    expect(event.issue.labels.map((label) => label.name)).toEqual(['a', 'c'])
    expect(Object.freeze(watch(issue(), new ReadNode())).issue.user.login).toBe('m')
  })

  it('structuredClone copies what is watched, deep inside other objects too, and still refuses functions', () => {
    letClonesBeMade()
    const node = new ReadNode()
    const event = watch(issue(), node)
    expect(structuredClone({ copy: event.issue })).toEqual({ copy: issue().issue })
    expect(fieldsRead(node).map(({ field }) => field)).toEqual(['issue.**'])
    expect(() => structuredClone({ a: () => 1 })).toThrow(/could not be cloned/)
  })

  it('only plain data is watched: dates, bytes and failures stay what they are', () => {
    for (const value of [new Date(), new Uint8Array(2), new CustomerDataFailure('x'), 5, null])
      expect(watch(value, new ReadNode())).toBe(value)
  })
})

describe('results that steps remember', () => {
  it('are not read by being remembered, and are watched again afterwards', () => {
    const node = new ReadNode()
    const { value, rewatch } = unwrap({ first: watch(issue(), node), n: 1 })
    const copy = rewatch(JSON.parse(JSON.stringify(value))) as { first: ReturnType<typeof issue> }
    expect(fieldsRead(node)).toEqual([])
    expect(copy.first.issue.user.login).toBe('m')
    expect(fieldsRead(node).map(({ field }) => field)).toEqual(['issue.user.login'])
  })
})
