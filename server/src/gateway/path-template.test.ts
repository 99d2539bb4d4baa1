import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathTemplate } from './path-template.ts'

const expand = (template: string, parameters?: Record<string, unknown>) => pathTemplate(template)(parameters)

describe('pathTemplate', () => {
  it('puts values in, encoded as one segment', () => {
    expect(expand('/tickets')).toBe('/tickets')
    expect(expand('/tickets/{id}/comments/{n}', { id: 'a b/ü', n: 7 })).toBe('/tickets/a%20b%2F%C3%BC/comments/7')
    expect(expand('/repos/{owner}/{repo}.json', { owner: 'o', repo: '..' })).toBe('/repos/o/...json')
    expect(expand('/t/{ids}', { ids: [1, 'b,c'] })).toBe('/t/1,b%2Cc')
    expect(expand('/t/{a}', { a: "it's (1)*!" })).toBe('/t/it%27s%20%281%29%2A%21')
  })

  it('keeps any value inside its segment: a server reads back exactly what was put in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ minLength: 1 }), (id, name) => {
        fc.pre(id !== '.' && id !== '..' && id.isWellFormed() && name !== '.' && name !== '..')
        const url = new URL(expand('/v1/{id}/x/{name}', { id, name }), 'https://api.example.com')
        const segments = url.pathname.split('/')
        expect([url.host, url.search, url.hash, segments.length]).toEqual(['api.example.com', '', '', 5])
        expect([decodeURIComponent(segments[2]!), decodeURIComponent(segments[4]!)]).toEqual([id, name])
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['/t/{id}', {}, 'missing'],
    ['/t/{id}', { id: null }, 'missing'],
    ['/t/{id}', { id: '' }, 'empty'],
    ['/t/{id}', { id: [] }, 'empty'],
    ['/t/{id}', { id: '..' }, '".." segment'],
    ['/t/{id}/x', { id: '.' }, '".." segment'],
    ['/t/{a}{b}', { a: '.', b: '.' }, '".." segment'],
    ['/t/.{a}', { a: '.' }, '".." segment'],
    ['/t/{id}', { id: { toString: (): string => '..' } }, 'object'],
    ['/t/{id}', { id: '\ud800' }, 'Unicode'],
  ])('refuses %s with %j', (template, parameters, reason) => {
    expect(() => expand(template, parameters)).toThrow(
      expect.objectContaining({ code: 'gateway.path_parameter_refused', message: expect.stringContaining(reason) }),
    )
  })

  it.each(['tickets', '//evil.example/x', '/a?b', '/a#b', '/a\\b', '/a b', '/a/../b', '/a/%2e%2E/b', '/a/{b', '/a}', '/\n'])(
    'refuses the template %j',
    (template) => {
      expect(() => expand(template)).toThrow(expect.objectContaining({ code: 'gateway.path_template_malformed' }))
    },
  )
})
