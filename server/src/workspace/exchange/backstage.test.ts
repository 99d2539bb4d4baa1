import { symlink } from 'node:fs/promises'
import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  type Entity,
  FieldFormatEntityPolicy,
  groupEntityV1alpha1Validator,
  NoForeignRootFieldsEntityPolicy,
  resourceEntityV1alpha1Validator,
  SchemaValidEntityPolicy,
  userEntityV1alpha1Validator,
} from '@backstage/catalog-model'
import { describe, expect, it } from 'vitest'
import { loadWorkspace } from '../load-workspace.ts'
import { temporaryWorkspace } from '../temporary-workspace.ts'
import { exportBackstage } from './backstage-export.ts'
import { importBackstage } from './backstage-import.ts'
import { planBackstageImport, writeImport } from './import-file.ts'
import { writeDocuments } from './yaml-documents.ts'

/** A catalogue in one file. */
const imported = (file: string, text: string, existing: ReadonlySet<string>, organization?: string) =>
  importBackstage([{ file, folder: '/', text }], existing, organization)

const example = new URL('../../../../examples/github-helpdesk', import.meta.url).pathname
const validators = {
  API: apiEntityV1alpha1Validator,
  Component: componentEntityV1alpha1Validator,
  Group: groupEntityV1alpha1Validator,
  Resource: resourceEntityV1alpha1Validator,
  User: userEntityV1alpha1Validator,
}
const policies = [new SchemaValidEntityPolicy(), new NoForeignRootFieldsEntityPolicy(), new FieldFormatEntityPolicy()]

const catalog = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: acme-corp, title: ACME }
spec: { type: organization, children: [payments-team], profile: { displayName: ACME Corporation } }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: payments-team }
spec: { type: team, parent: acme-corp, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: Jenny.Doe }
spec: { profile: { displayName: Jenny Doe, email: jenny@acme.example }, memberOf: [payments-team] }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: payments_api, description: Charges and refunds }
spec: { type: openapi, lifecycle: production, owner: 'group:default/payments-team', definition: { $text: https://acme.example/openapi.yaml } }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: events }
spec: { type: asyncapi, lifecycle: production, owner: payments-team, definition: x }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: shop }
spec: { type: openapi, lifecycle: production, owner: globex, definition: { $text: ./shop.yaml } }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: shop-payments, title: Payments in the shop }
spec: { type: integration, lifecycle: production, owner: payments-team, consumesApis: [payments_api, shop] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: website }
spec: { type: website, lifecycle: production, owner: payments-team }
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: { name: all }
spec: { targets: [./a.yaml] }
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: service }
spec: {}
`

describe('export to Backstage', () => {
  it('gives entities that Backstage’s own validators accept', async () => {
    const { workspace } = await loadWorkspace(example)
    const entities = exportBackstage(workspace)
    expect(new Set(entities.map(({ kind }) => kind))).toEqual(new Set(['Group', 'User', 'API', 'Component', 'Resource']))
    for (const entity of entities) {
      // The catalogue reads $text before it validates.
      const { definition, ...spec } = entity.spec
      const read = { ...entity, spec: definition === undefined ? spec : { ...spec, definition: 'openapi: 3.1.0' } } as unknown as Entity
      expect(await validators[entity.kind].check(read), entity.kind).toBe(true)
      for (const policy of policies) expect(await policy.enforce(read)).toBeDefined()
    }
  })

  it('loses no organization, person, platform or side on the way there and back', async () => {
    const { workspace } = await loadWorkspace(example)
    const { files, leftOut } = imported('catalog.yaml', writeDocuments(exportBackstage(workspace)), new Set())
    // The agreement stays a file of its own; what its component depends on is it.
    expect(leftOut.map(({ what }) => what)).toEqual(['Component github-helpdesk', 'Resource helpdesk-bridgeworks-2026'])
    const contract = 'openapi: 3.1.0\n'
    const folder = await temporaryWorkspace({
      ...Object.fromEntries(files.map(({ path, text }) => [path, text])),
      'platforms/github/openapi.yaml': contract,
      'platforms/helpdesk/openapi.yaml': contract,
    })
    const back = await loadWorkspace(folder)
    expect(back.problems).toEqual([])
    for (const [name, { spec }] of workspace.organizations) {
      const people = (list: typeof spec.people) => list.map(({ name, fullName, email }) => ({ name, fullName, email }))
      expect(people(back.workspace.organizations.get(name)!.spec.people)).toEqual(people(spec.people))
    }
    const [before, after] = [workspace, back.workspace].map(({ integrations }) => integrations.get('github-helpdesk')!.spec)
    expect(after!.sides.map(({ organization, platforms }) => ({ organization, platforms }))).toEqual(
      before!.sides.map(({ organization, platforms }) => ({ organization, platforms })),
    )
    expect([after!.stage, after!.builder, after!.relationship]).toEqual([before!.stage, before!.builder, before!.relationship])
  })
})

describe('import from Backstage', () => {
  it('writes what Backstage says, marks what it does not say, and tells what it leaves out', () => {
    const { files, leftOut } = imported('catalog-info.yaml', catalog, new Set(), 'globex')
    expect(files.map(({ path }) => path)).toEqual([
      'organizations/acme-corp.yaml',
      'platforms/payments-api/platform.yaml',
      'platforms/shop/platform.yaml',
      'integrations/shop-payments.yaml',
    ])
    expect(files[0]!.text).toBe(`# Imported from catalog-info.yaml, Group acme-corp.

apiVersion: bridgekeeper.dev/v1
kind: Organization
metadata:
  name: acme-corp
  title: ACME Corporation
spec:
  business: product # assumed: Backstage does not say whether it lives from a product or from hours
  people:
    - name: jenny-doe
      fullName: Jenny Doe
      email: jenny@acme.example
`)
    expect(files[3]!.text).toContain('stage: ga # assumed: from the lifecycle production')
    expect(leftOut).toEqual([
      { what: 'Template service', why: 'its apiVersion is scaffolder.backstage.io/v1beta3, not that of Backstage’s catalogue' },
      { what: 'Group payments-team', why: 'it is a team inside acme-corp; its members are listed there' },
      { what: 'User Jenny.Doe', why: 'its name is jenny-doe here' },
      { what: 'API payments_api', why: 'its name is payments-api here' },
      { what: 'API events', why: 'its type is asyncapi; a platform needs an OpenAPI description' },
      { what: 'Component shop-payments', why: 'payments-team owns all of it there; here each side names its own owner' },
      { what: 'Component website', why: 'its type is website; only components of type integration are bridges' },
    ])
  })

  it('carries labels, annotations, tags and links, and says of each field that it does not carry that it is lost', () => {
    // Shaped like the example catalogue of Backstage itself: relations to systems and resources, pictures, a guest in two namespaces.
    const text = [
      'kind: Group\nmetadata: { name: acme, labels: { tier: gold } }\nspec: { type: organization, children: [], profile: { displayName: ACME, email: a@acme.example, picture: https://acme.example/p.svg } }',
      'kind: User\nmetadata: { name: guest }\nspec: { profile: { displayName: Guest, picture: https://acme.example/g.svg }, memberOf: [acme, other] }',
      'kind: User\nmetadata: { name: guest, namespace: development }\nspec: { profile: { displayName: Guest }, memberOf: [group:default/acme] }',
      'kind: API\nmetadata:\n  name: search\n  namespace: web\n  annotations: { backstage.io/techdocs-ref: dir:., count: 5, bridgekeeper.dev/base-url: https://acme.example/api }\n  tags: [java, data]\n  links: [{ url: https://acme.example/help, title: Help, icon: help }, { url: nowhere }]\nspec: { type: openapi, lifecycle: experimental, owner: acme, system: portal, definition: x }',
    ]
      .map((entity) => `apiVersion: backstage.io/v1alpha1\n${entity}\n`)
      .join('---\n')
    const { files, leftOut } = imported('catalog-info.yaml', text, new Set())
    expect(leftOut).toEqual([
      { what: 'Group acme', why: 'nothing here holds spec.profile.email, spec.profile.picture' },
      { what: 'User guest', why: 'nothing here holds spec.profile.picture' },
      { what: 'User guest', why: 'somebody has one employer here; other is not taken over' },
      { what: 'User guest', why: 'acme has somebody else of that name already, in another namespace or spelling' },
      { what: 'API search', why: 'links are web addresses here; nowhere is dropped' },
      { what: 'API search', why: 'nothing here holds spec.lifecycle, spec.system' },
      { what: 'API search', why: 'names here have no namespace; web is dropped' },
    ])
    expect(files[0]!.text).toContain('  labels:\n    tier: gold\n')
    expect(files[1]!.text).toContain(
      '  annotations:\n    backstage.io/techdocs-ref: dir:.\n    count: "5"\n  tags:\n    - java\n    - data\n  links:\n    - url: https://acme.example/help\n      title: Help\n      icon: help\nspec:\n  owner: acme\n',
    )
  })

  it('without an owner for everything leaves out what nobody owns', () => {
    const { files, leftOut } = imported('catalog-info.yaml', catalog, new Set())
    expect(files.map(({ path }) => path)).toEqual(['organizations/acme-corp.yaml', 'platforms/payments-api/platform.yaml'])
    expect(leftOut).toContainEqual({ what: 'API shop', why: 'its owner globex is not in this file; name one with --organization' })
    expect(leftOut).toContainEqual({
      what: 'Component shop-payments',
      why: 'a bridge needs two sides: let it consume the APIs of two organizations in this file',
    })
  })

  it('leaves alone what the workspace has, and never writes over a file', async () => {
    const folder = await temporaryWorkspace({ 'catalog.yaml': catalog, 'platforms/payments-api/platform.yaml': '# mine\n' })
    const { workspace } = await loadWorkspace(folder)
    const first = await planBackstageImport(workspace, `${folder}/catalog.yaml`)
    expect(first.leftOut).toContainEqual({ what: 'platforms/payments-api/platform.yaml', why: 'there is a file of that name' })
    await writeImport(workspace, first)
    const second = await planBackstageImport((await loadWorkspace(folder)).workspace, `${folder}/catalog.yaml`)
    expect(second.files).toEqual([])
    expect(second.leftOut).toContainEqual({ what: 'Group acme-corp', why: 'the workspace already has Organization acme-corp' })
  })

  it('copies contracts from inside and beside the catalogue, so that what it wrote is valid; nothing from elsewhere on the machine', async () => {
    const api = (name: string, definition: string) =>
      `---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: ${name} }\nspec:\n  type: openapi\n  lifecycle: production\n  owner: payments-team\n  definition: ${definition}\n`
    const contract = 'openapi: 3.1.0\ninfo: { title: T, version: 1.0.0 }\npaths: {}\n'
    const [head] = catalog.split(/(?=---\napiVersion: backstage.io\/v1alpha1\nkind: API)/)
    const inline = `|\n${contract.replace(/^/gm, '    ').trimEnd()}`
    const outside = await temporaryWorkspace({
      'docs/catalog.yaml':
        head +
        api('beside', '{ $text: ./apis/beside.yaml }') +
        api('inside', inline) +
        api('secret', '{ $text: ../secret.yaml }') +
        api('linked', '{ $text: ./linked.yaml }'),
      'docs/apis/beside.yaml': contract,
      'secret.yaml': 'private: true\n',
    })
    await symlink('../secret.yaml', `${outside}/docs/linked.yaml`)
    const root = await temporaryWorkspace({})
    const { workspace } = await loadWorkspace(root)
    const plan = await planBackstageImport(workspace, `${outside}/docs/catalog.yaml`)
    expect(plan.files.filter(({ path }) => path.endsWith('openapi.yaml'))).toEqual([
      { path: 'platforms/beside/openapi.yaml', text: contract, state: 'new' },
      { path: 'platforms/inside/openapi.yaml', text: contract.trimEnd(), state: 'new' },
    ])
    expect(plan.leftOut).toContainEqual({
      what: 'contract of secret',
      why: '../secret.yaml is outside of the catalogue’s folder; copy it to platforms/secret/openapi.yaml yourself',
    })
    await writeImport(workspace, plan)
    expect(plan.leftOut.map(({ what }) => what)).toContain('contract of linked')
    expect((await loadWorkspace(root)).problems.map(({ file }) => file).toSorted()).toEqual([
      'platforms/linked/platform.yaml',
      'platforms/secret/platform.yaml',
    ])
  })

  // The layout of https://github.com/backstage/backstage, packages/catalog-model/examples/acme.
  const spread = {
    'acme/org.yaml': `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: acme-corp, description: The acme-corp organization }
spec: { type: organization, children: [infrastructure] }
---
apiVersion: backstage.io/v1alpha1
kind: Location
metadata: { name: example-groups }
spec:
  targets: [./team-*.yaml, ./apis/all.yaml, ./gone.yaml, ../secret.yaml, ./linked.yaml, 'https://acme.example/x.yaml']
`,
    'acme/team-a.yaml': `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team-a }
spec: { type: team, parent: acme-corp, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: breanna.davison }
spec: { profile: { email: breanna-davison@example.com }, memberOf: [team-a] }
`,
    'acme/apis/all.yaml': `apiVersion: backstage.io/v1alpha1
kind: Location
metadata: { name: back }
spec: { target: ../org.yaml }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: petstore }
spec: { type: openapi, lifecycle: production, owner: team-a, definition: { $text: ./petstore.oas.yaml } }
`,
    'acme/apis/petstore.oas.yaml': 'openapi: 3.0.0\n',
    'secret.yaml': `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: secret }
spec: { type: organization, children: [] }
`,
  }

  it('of a catalogue in many files follows its locations, once each, and never out of its folder', async () => {
    const outside = await temporaryWorkspace(Object.fromEntries(Object.entries(spread).map(([path, text]) => [`docs/${path}`, text])))
    await symlink('../secret.yaml', `${outside}/docs/acme/linked.yaml`)
    const { workspace } = await loadWorkspace(await temporaryWorkspace({}))
    const { files, leftOut } = await planBackstageImport(workspace, `${outside}/docs/acme/org.yaml`)
    expect(files.map(({ path }) => path)).toEqual([
      'organizations/acme-corp.yaml',
      'platforms/petstore/platform.yaml',
      'platforms/petstore/openapi.yaml',
    ])
    expect(files[0]!.text).toContain('fullName: breanna.davison # assumed: Backstage has no name to show')
    expect(files[1]!.text).toContain('owner: acme-corp')
    expect(leftOut.filter(({ what }) => what.startsWith('Location')).map(({ why }) => why)).toEqual([
      './gone.yaml does not exist',
      '../secret.yaml is outside of the catalogue’s folder',
      './linked.yaml is outside of the catalogue’s folder',
      'https://acme.example/x.yaml is no file here; save it below this folder and name that',
    ])
  })

  it('tells whose people it does not write, because their organization has a file of its own or none', async () => {
    const lost = (existing: string[], organization?: string) =>
      imported('team-a.yaml', spread['acme/team-a.yaml'], new Set(existing), organization).leftOut.map(({ what, why }) => `${what}: ${why}`)
    expect(lost(['Organization globex'], 'globex')).toEqual([
      'Group team-a: it is a team, and globex is not written by this import',
      'User breanna.davison: globex is not written by this import; add breanna-davison to the people in its own file',
    ])
    expect(lost([])).toEqual([
      'Group team-a: it is a team, and the organization above it is not written by this import',
      'User breanna.davison: it belongs to no group in this file; name one with --organization',
    ])
    const again = imported('a.yaml', `${spread['acme/org.yaml']}---\n${spread['acme/team-a.yaml']}`, new Set(['Organization acme-corp']))
    expect(again.files).toEqual([])
    expect(again.leftOut.map(({ what }) => what)).toEqual(['Group acme-corp', 'Group team-a', 'User breanna.davison'])
  })

  it('of a circle of groups ends', () => {
    const group = (name: string, parent: string) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: ${name} }\nspec: { type: team, parent: ${parent}, children: [] }\n`
    const { files } = imported(
      'a.yaml',
      `${group('a', 'b')}---\n${group('b', 'a')}---\n${catalog.split('---\n')[2]!.replace('payments-team', 'a')}`,
      new Set(),
    )
    expect(files).toEqual([])
  })

  it('of a file that is no YAML says so', () => {
    expect(() => imported('a.yaml', 'a: [1', new Set())).toThrow(/a\.yaml can't be imported: Flow sequence/)
  })
})
