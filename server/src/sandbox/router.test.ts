import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readContract } from './contract.ts'
import { buildRouter } from './router.ts'
import { githubContract } from './test-client.ts'

const contract = readContract(githubContract)
const router = buildRouter(contract.operations)
const templates = [...new Set(contract.operations.map((operation) => operation.path))]

describe('the router', () => {
  it('finds GitHub’s every path, with its values in order and percent-decoded', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9 äß%:_-]{1,12}$/)
    fc.assert(
      fc.property(fc.constantFrom(...templates), fc.array(segment, { minLength: 8, maxLength: 8 }), (template, values) => {
        let i = 0
        const path = template.replace(/\{[^}]+\}/g, () => encodeURIComponent(values[i++]!))
        const match = router.match(path)!
        expect(fill(match.route.template, match.values)).toBe(fill(template, values.slice(0, i)))
      }),
      { numRuns: 2000 },
    )
  })

  it('prefers fixed text, steps back from a dead end, splits mixed segments and takes the rest of a path', () => {
    const template = (path: string) => router.match(path)?.route.template
    expect(template('/repos/a/b/issues/comments')).toBe('/repos/{owner}/{repo}/issues/comments')
    expect(template('/repos/a/b/issues/comments/labels/bug')).toBe('/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}')
    expect(router.match('/repos/a/b/issues/comments/labels/bug')?.values).toEqual(['a', 'b', 'comments', 'bug'])
    expect(router.match('/repos/a/b/compare/main...dev')?.values).toEqual(['a', 'b', 'main', 'dev'])
    expect(router.match('/repos/a/b/contents/src/main.ts')?.values).toEqual(['a', 'b', 'src/main.ts'])
    expect(template('/repos/a')).toBeUndefined()
    expect(template('/repos//b')).toBeUndefined()
    expect(template('/nothing')).toBeUndefined()
  })

  it('steps back from a mixed segment too', () => {
    const paths = { '/c/{a}..{b}/x': { get: { responses: {} } }, '/c/{a}/y': { get: { responses: {} } } }
    const small = buildRouter(readContract({ openapi: '3.1.0', info: { title: 't', version: '1' }, paths }).operations)
    expect(small.match('/c/1..2/x')?.values).toEqual(['1', '2'])
    expect(small.match('/c/1..2/y')?.values).toEqual(['1..2'])
  })
})

/** Several templates of GitHub have one shape under two names; equal requests are what counts. */
function fill(template: string, values: string[]): string {
  let i = 0
  return template.replace(/\{[^}]+\}/g, () => JSON.stringify(values[i++]))
}
