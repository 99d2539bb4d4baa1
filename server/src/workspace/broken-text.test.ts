import { describe, expect, it } from 'vitest'
import { cast, entity, problemsOf } from './temporary-workspace.ts'

const header = 'apiVersion: bridgekeeper.dev/v1\nkind: Organization\n'

describe('a file whose text is broken', () => {
  it('with a tab says so once for the lines that belong together, and still reports what is wrong in them', async () => {
    expect(
      await problemsOf({ 'a.yaml': `${header}metadata:\n\tname: acme\nspec:\n\tbusiness: prodct\n\twebsite: acme.example\n` }),
    ).toEqual([
      'a.yaml:4:1 this line is indented with a tab. Indent with spaces, two for each level.',
      'a.yaml:6:1 lines 6 to 7 are indented with tabs. Indent with spaces, two for each level.',
      "a.yaml:6:12 business can't be “prodct”. Did you mean product?",
      'a.yaml:7:11 website must be a web address with http:// or https://; here it is “acme.example”. Write it in full, for example https://example.com/docs.',
    ])
  })

  it('with a tab on a line that is empty otherwise is not broken', async () => {
    expect(await problemsOf({ 'a.yaml': `${header}metadata: { name: a }\nspec:\n\t\n  business: product\n \t\n` })).toEqual([])
  })

  it('with a key twice names the line of the first', async () => {
    expect(
      await problemsOf({ 'a.yaml': `${header}metadata: { name: acme }\nspec:\n  business: product\n  people: []\n  business: service\n` }),
    ).toEqual([
      'a.yaml:7:3 business is written twice here; line 5 already has it. Keep one business and delete the other. If both were meant, join what is under them.',
    ])
  })

  it.each([
    [
      'an indentation that fits nothing',
      'metadata:\n  name: acme\n title: Acme\n',
      'a.yaml:5:1 this line is indented differently from the lines it belongs to. Put it exactly below its neighbours: the same number of spaces before each.',
    ],
    [
      'a colon inside a value',
      'metadata: { name: acme }\nspec:\n  legalName: Acme: the company\n',
      'a.yaml:5:14 a colon with a space after it stands inside a value. Put the whole value in quotes, for example title: "Phase 1: tickets".',
    ],
    [
      'a quotation mark that is never closed',
      'metadata: { name: "acme }\nspec: {}\n',
      'a.yaml:3:19 this quotation mark is never closed. Close the text with the same quotation mark.',
    ],
    [
      'a bracket that is never closed',
      'metadata: { name: acme\nspec: {}\n',
      'a.yaml:3:11 this { is never closed. Add } at the end of what belongs together.',
    ],
    [
      'a list on the line of its key',
      'metadata: { name: acme }\nspec:\n  people: - name: ada\n',
      'a.yaml:5:11 a list starts on the same line as its key. Start the list on the next line, with two more spaces before each hyphen.',
    ],
    [
      'no space after a colon',
      'metadata:\n  name:acme\n  title: Acme\n',
      'a.yaml:4:3 there is no space after the colon. Write a space after the colon: key: value.',
    ],
    [
      'a value that starts with a special sign',
      'metadata: { name: acme }\nspec:\n  website: @acme\n',
      "a.yaml:5:12 a value can't start with @. Put the value in quotes.",
    ],
    [
      'a star that refers to nothing',
      'metadata: { name: acme }\nspec:\n  legalName: *best\n',
      'a.yaml:5:14 *best refers to an anchor that nobody defined. If text starting with a star was meant, put it in quotes. Otherwise define &best before it.',
    ],
  ])('with %s says what a person did', async (_, text, problem) => {
    expect(await problemsOf({ 'a.yaml': header + text })).toEqual([problem])
  })

  it('still counts for what refers to it, so that one mistake does not look like ten', async () => {
    const platform = entity('Platform', 'p', 'owner: acme')
    expect(
      await problemsOf({ 'a.yaml': `${header}metadata:\n  name: acme\nspec:\n  business: product\n  legalName: @x\n`, 'p.yaml': platform }),
    ).toEqual(["a.yaml:7:14 a value can't start with @. Put the value in quotes."])
  })

  it('does not hide what is wrong in other documents of the same file', async () => {
    expect(
      await problemsOf({ 'a.yaml': `${header}metadata: { name: @ }\n---\n${entity('Organization', 'b', 'business: products')}` }),
    ).toEqual([
      "a.yaml:3:19 a value can't start with @. Put the value in quotes.",
      "a.yaml:9:13 business can't be “products”. Did you mean product?",
    ])
  })
})

describe('a file that does not say what it is', () => {
  it.each([
    [
      'kind missing',
      'apiVersion: bridgekeeper.dev/v1\nmetadata: { name: a }\n',
      'a.yaml:1:1 this file does not say what kind of entity it describes. Add `kind:` with Organization, Platform, Integration, Agreement or Plan.',
    ],
    [
      'kind misspelled',
      'apiVersion: bridgekeeper.dev/v1\nkind: Organisation\n',
      'a.yaml:2:7 “Organisation” is no kind of entity. Did you mean Organization?',
    ],
    [
      'kind unheard of',
      'apiVersion: bridgekeeper.dev/v1\nkind: Team\n',
      'a.yaml:2:7 “Team” is no kind of entity. Use Organization, Platform, Integration, Agreement or Plan.',
    ],
    [
      'Kind with a capital',
      'apiVersion: bridgekeeper.dev/v1\nKind: Organization\n',
      'a.yaml:2:1 the file has no field Kind. Did you mean kind?',
    ],
    [
      'version missing',
      'kind: Organization\nmetadata: { name: a }\nspec: { business: product }\n',
      'a.yaml:1:1 Organization needs the field apiVersion, which is missing. Add apiVersion: bridgekeeper.dev/v1.',
    ],
    [
      'version wrong',
      'apiVersion: bridgekeeper.dev/v2\nkind: Organization\nmetadata: { name: a }\nspec: { business: product }\n',
      "a.yaml:1:13 apiVersion can't be “bridgekeeper.dev/v2”. Did you mean bridgekeeper.dev/v1?",
    ],
    ['a list', '- kind: Organization\n- spec\n', undefined],
  ])('%s', async (_, text, problem) => {
    expect(await problemsOf({ 'a.yaml': text })).toEqual(problem ? [problem] : [])
  })

  it('leaves the files of others alone: contracts, Backstage, OpenSLO, Kubernetes', async () => {
    expect(
      await problemsOf({
        'openapi.yaml': 'openapi: 3.1.0\ninfo: { title: x, version: 1 }\n',
        'catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: X }\nspec: {}\n',
        'slo.yaml': 'apiVersion: openslo/v1\nkind: SLO\nspec: {}\n',
        'deployment.yaml': 'apiVersion: apps/v1\nkind: Deployment\nspec: {}\n',
      }),
    ).toEqual([])
  })

  it('lets only the root file hold the settings of the workspace', async () => {
    expect(
      await problemsOf({
        'bridgekeeper.yaml': entity('Organization', 'a', 'business: product'),
        'a/settings.yaml': entity('Workspace', 'b', 'port: 1'),
      }),
    ).toEqual([
      'a/settings.yaml:2:7 only bridgekeeper.yaml at the root of the workspace may be of kind Workspace. Move these settings into bridgekeeper.yaml and delete this document.',
      'bridgekeeper.yaml:2:7 bridgekeeper.yaml must hold one document of kind Workspace; it holds the Organization a. Start it with `apiVersion: bridgekeeper.dev/v1`, `kind: Workspace`, `metadata: { name: … }` and `spec: {}`, and move everything else into files of their own.',
    ])
  })

  it('takes an empty root file as a workspace with all defaults', async () => {
    expect(await problemsOf({ 'bridgekeeper.yaml': '', 'cast.yaml': cast })).toEqual([])
  })
})
