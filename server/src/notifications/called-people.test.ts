import { expect, it } from 'vitest'
import { exampleWorkspace } from '../readiness/fixtures.ts'
import type { Side, Workspace } from '../workspace/index.ts'
import { calledLevels, calledPeople } from './called-people.ts'

const workspace = async (sides: Partial<Side>[]): Promise<Workspace> => {
  const loaded = await exampleWorkspace()
  const [bridge] = [...loaded.integrations.values()]
  const acme = [...loaded.organizations.values()][0]!
  const person = (name: string, leftOn?: string) => ({ name, fullName: name, ...(leftOn ? { leftOn } : {}) })
  const people = [person('ada'), person('bob'), person('eve'), person('max'), person('old', '2026-01-01')]
  const organizations = new Map([['acme', { ...acme, metadata: { ...acme.metadata, name: 'acme' }, spec: { ...acme.spec, people } }]])
  const side = { organization: 'acme', platforms: [], roster: [], duties: [], contacts: [], escalation: [] }
  const integrations = new Map(
    sides.map((more, index) => [
      `i${index}`,
      { ...bridge!, metadata: { ...bridge!.metadata, name: `i${index}` }, spec: { ...bridge!.spec, sides: [{ ...side, ...more }] } },
    ]),
  )
  return { ...loaded, organizations, integrations } as unknown as Workspace
}
const duty = (person?: string, deputy?: string) => [{ duty: 'change-notice', person, deputy }] as unknown as Side['duties']
const holder = (role: string, person: string) => ({ role, person }) as Side['roster'][number]

it('first who answers for changes, then the deputies, then the levels of escalation, nobody twice and nobody who has left', async () => {
  const escalation = [
    { after: 'P2D', people: ['acme/old', 'acme/ada'] },
    { after: 'P5D', people: ['acme/eve', 'acme/bob'] },
  ]
  const roster = [holder('product-owner', 'acme/max'), holder('product-owner-deputy', 'acme/old')]
  const found = await workspace([{ duties: duty('acme/ada', 'acme/bob'), roster, escalation }])
  const [side] = found.integrations.get('i0')!.spec.sides
  expect(calledPeople(found, side!, '2026-03-01')).toEqual([
    { people: ['acme/ada'] },
    { people: ['acme/bob'] },
    { people: ['acme/eve'], after: 'P5D' },
  ])
})

it('without anybody who answers for changes, the product owner; of several sides, each person at the earliest level', async () => {
  const found = await workspace([
    { roster: [holder('product-owner', 'acme/max'), holder('product-owner-deputy', 'acme/eve')] },
    { duties: duty('acme/eve', 'acme/bob') },
  ])
  expect(calledLevels(found, 'acme', ['i0', 'i1'], '2026-03-01')).toEqual([{ people: ['acme/max', 'acme/eve'] }, { people: ['acme/bob'] }])
  expect(calledLevels(found, 'nobody', ['i0'], '2026-03-01')).toEqual([])
})
