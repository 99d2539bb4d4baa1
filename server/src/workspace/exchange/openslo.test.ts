import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { loadWorkspace } from '../load-workspace.ts'
import { cast, integration, temporaryWorkspace } from '../temporary-workspace.ts'
import { addServiceLevels } from './add-service-levels.ts'
import { planOpenSloImport, writeImport } from './import-file.ts'
import { exportOpenSlo, importOpenSlo } from './openslo.ts'
import { writeDocuments } from './yaml-documents.ts'

const levels = `serviceLevels: # as signed
  - { name: up, indicator: availability, objective: 99.5% }
  - { name: soon, indicator: freshness, side: acme, objective: 95%, threshold: PT1M, window: P4W }
  - { name: month, indicator: correctness, flow: openTicket, objective: 99.9999%, window: calendar-month }
  - { name: quarter, indicator: availability, objective: 99%, window: P3M }
`

// The rules of https://github.com/OpenSLO/OpenSLO for an SLO of version 1, as far as they concern what we write.
const openSlo = new Ajv({ strict: false }).compile({
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: 'openslo/v1' },
    kind: { enum: ['SLO', 'Service'] },
    metadata: { required: ['name'], properties: { name: { pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$', maxLength: 63 } } },
  },
  if: { properties: { kind: { const: 'SLO' } } },
  // biome-ignore lint/suspicious/noThenProperty: `then` is a word of JSON Schema.
  then: {
    properties: {
      spec: {
        required: ['service', 'indicator', 'timeWindow', 'budgetingMethod', 'objectives'],
        properties: {
          timeWindow: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: { required: ['duration'], properties: { duration: { pattern: '^[1-9][0-9]*[mhdwMQY]$' } } },
          },
          budgetingMethod: { enum: ['Occurrences', 'Timeslices'] },
          objectives: { type: 'array', items: { required: ['target'], properties: { target: { minimum: 0, exclusiveMaximum: 1 } } } },
          indicator: {
            required: ['metadata', 'spec'],
            properties: { spec: { required: ['ratioMetric'], properties: { ratioMetric: { required: ['counter', 'good', 'total'] } } } },
          },
        },
      },
    },
  },
})

async function exported(spec: string) {
  const { workspace, problems } = await loadWorkspace(await temporaryWorkspace({ 'cast.yaml': cast, 'i.yaml': integration(spec) }))
  expect(problems).toEqual([])
  return { workspace, ...exportOpenSlo(workspace) }
}

describe('export to OpenSLO', () => {
  it('follows the rules of OpenSLO v1', async () => {
    const { objects, leftOut } = await exported(levels)
    expect(leftOut).toEqual([])
    expect(objects.map(({ kind }) => kind)).toEqual(['Service', 'SLO', 'SLO', 'SLO', 'SLO'])
    for (const object of objects) expect(openSlo(object) || openSlo.errors).toBe(true)
  })

  it('says what OpenSLO can’t say', async () => {
    const { leftOut } = await exported(
      'serviceLevels:\n  - { name: all, indicator: availability, objective: 100% }\n  - { name: odd, indicator: availability, objective: 99%, window: P1M3D }\n',
    )
    expect(leftOut).toEqual([
      { what: 'sync, service level all', why: 'OpenSLO knows no objective of 100%' },
      { what: 'sync, service level odd', why: 'OpenSLO can’t say the window P1M3D' },
    ])
  })
})

describe('service levels are added', () => {
  const level = { name: 'up', indicator: 'availability', objective: '99%' }
  const up = '{ name: up, indicator: availability, objective: 99% }'
  it.each([
    ['where there are none', 'problem: two # of them\n', `problem: two # of them\n  serviceLevels:\n    - ${up}\n`],
    ['to an empty list', 'serviceLevels: [] # none\nproblem: two\n', `serviceLevels: [${up}] # none\n  problem: two\n`],
    ['to a field with nothing after it', 'serviceLevels:\nproblem: two\n', `serviceLevels: [${up}]\n  problem: two\n`],
    [
      'to a list on one line',
      'serviceLevels: [{ name: a, indicator: availability, objective: 99% }] # one\n',
      `serviceLevels: [{ name: a, indicator: availability, objective: 99% }, ${up}] # one\n`,
    ],
    [
      'to a list over lines',
      'serviceLevels:\n- name: a\n  indicator: availability\n  objective: 99% # first\n\n# next\nproblem: two\n',
      `serviceLevels:\n  - name: a\n    indicator: availability\n    objective: 99% # first\n  - ${up}\n\n  # next\n  problem: two\n`,
    ],
  ])('%s, and nothing else changes', async (_, before, after) => {
    const text = integration(before)
    const added = addServiceLevels(text, 'sync', [level])
    expect(added.text.replaceAll(/^ +$/gm, '')).toBe(integration('') + after.replace(/^(?=\S)/, '  '))
    const { problems, workspace } = await loadWorkspace(await temporaryWorkspace({ 'cast.yaml': cast, 'i.yaml': added.text }))
    expect(problems).toEqual([])
    expect(workspace.integrations.get('sync')!.spec.serviceLevels.map(({ name }) => name)).toContain('up')
  })
})

describe('import from OpenSLO', () => {
  it('gives back exactly what was exported', async () => {
    const { workspace, objects } = await exported(levels)
    const folder = await temporaryWorkspace({ 'cast.yaml': cast, 'i.yaml': integration(''), 'slo.yaml': writeDocuments(objects) })
    const plan = await planOpenSloImport((await loadWorkspace(folder)).workspace, `${folder}/slo.yaml`)
    await writeImport((await loadWorkspace(folder)).workspace, plan)
    const back = await loadWorkspace(folder)
    expect(back.problems).toEqual([])
    expect(back.workspace.integrations.get('sync')!.spec.serviceLevels).toEqual(workspace.integrations.get('sync')!.spec.serviceLevels)
  })

  it('adds to the list of a file and leaves its comments and its other lines alone', async () => {
    const slo =
      'apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: checkout }\nspec:\n  service: sync\n  indicatorRef: good\n  timeWindow: [{ duration: 1Q, isRolling: true }]\n  budgetingMethod: Occurrences\n  objectives: [{ targetPercent: 99.95 }, { target: 0.9 }]\n---\napiVersion: openslo/v1\nkind: SLI\nmetadata: { name: good }\nspec: { ratioMetric: { counter: true, good: {}, total: {} } }\n'
    const before = integration(
      '# the promise\nserviceLevels: # as signed\n  - { name: up, indicator: availability, objective: 99.5% } # contract\nproblem: two\n',
    )
    const folder = await temporaryWorkspace({ 'cast.yaml': cast, 'i.yaml': before, 'slo.yaml': slo })
    const { workspace } = await loadWorkspace(folder)
    await writeImport(workspace, await planOpenSloImport(workspace, `${folder}/slo.yaml`))
    const after = await readFile(join(folder, 'i.yaml'), 'utf8')
    const added =
      '    - { name: checkout, indicator: availability, objective: 99.95%, window: P3M }\n    - { name: checkout-2, indicator: availability, objective: 90%, window: P3M }\n'
    expect(after).toBe(before.replace('# contract\n', `# contract\n${added}`))
    expect((await loadWorkspace(folder)).problems).toEqual([])
    const again = await planOpenSloImport((await loadWorkspace(folder)).workspace, `${folder}/slo.yaml`)
    expect(again.files).toEqual([])
    expect(again.leftOut.map(({ what }) => what).filter((what) => what.startsWith('service level'))).toEqual([
      'service level checkout',
      'service level checkout-2',
    ])
  })

  it.each([
    [
      'slices of time',
      'budgetingMethod: Timeslices\n  objectives: [{ target: 0.9 }]',
      'it counts Timeslices; events are counted here, not slices of time',
    ],
    [
      'a threshold without a unit',
      'budgetingMethod: Occurrences\n  indicator: { metadata: { name: a }, spec: { thresholdMetric: { metricSource: {} } } }\n  objectives: [{ op: lte, value: 200, target: 0.9 }]',
      'its threshold has no unit in OpenSLO; write it by hand as latency or freshness with a threshold',
    ],
    [
      'an indicator elsewhere',
      'budgetingMethod: Occurrences\n  indicatorRef: other\n  objectives: [{ target: 0.9 }]',
      'its indicator is not in this file, or says not how it is measured',
    ],
    ['no objective', 'budgetingMethod: Occurrences\n  indicator: { spec: { ratioMetric: {} } }', 'it has no objective'],
    // test/inputs/v1/slo/slo-composite-no-indicatorRef-rolling-no-alerts.yaml of https://github.com/OpenSLO/oslo, shortened.
    [
      'a composite',
      'budgetingMethod: Occurrences\n  objectives: [{ target: 0.98, compositeWeight: 1, indicatorRef: foo }, { target: 0.99, compositeWeight: 2, indicatorRef: bar }]',
      'it is composed of 2 indicators with weights; a service level has one',
    ],
    // test/v1/slo/slo-with-annotations.yaml of the same.
    [
      'an indicator that says nothing',
      'budgetingMethod: Occurrences\n  indicator: { metadata: { name: no-name } }\n  objectives: [{ op: gte, target: 0.98, value: 10 }]',
      'its indicator is not in this file, or says not how it is measured',
    ],
  ])('leaves out %s and says why', (_, spec, why) => {
    const { leftOut } = importOpenSlo(
      'a.yaml',
      `apiVersion: openslo/v1\nkind: SLO\nmetadata: { name: a }\nspec:\n  service: s\n  ${spec}\n`,
    )
    expect(leftOut).toEqual([{ what: 'SLO a', why }])
  })

  it('of a raw ratio with an operator tells what it drops', () => {
    const text = `apiVersion: openslo/v1
kind: SLO
metadata: { name: wifi, annotations: { a: b } }
spec:
  service: sync
  indicator: { spec: { ratioMetric: { rawType: success, raw: { metricSource: { metricSourceRef: prometheus, spec: { query: q } } } } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ op: gt, value: 1, target: 0.99 }]
`
    const { levels, leftOut } = importOpenSlo('slo.yaml', text)
    expect([...levels]).toEqual([['sync', [{ name: 'wifi', indicator: 'availability', objective: '99%', window: 'P28D' }]]])
    expect(leftOut.map(({ why }) => why)).toEqual([
      'a service level has no place for annotations, op, value',
      'its query (prometheus) is not taken over: availability is measured from the traffic of the bridge',
    ])
  })

  it('for an integration that is not there says so', async () => {
    const { workspace, objects } = await exported(levels)
    const folder = await temporaryWorkspace({ 'cast.yaml': cast, 'i.yaml': integration('', 'other'), 'slo.yaml': writeDocuments(objects) })
    const loaded = await loadWorkspace(folder)
    expect((await planOpenSloImport(loaded.workspace, `${folder}/slo.yaml`)).leftOut).toEqual([
      { what: '4 SLOs of the service sync', why: 'no integration has that name; choose one with --integration' },
    ])
    await expect(planOpenSloImport(workspace, `${folder}/slo.yaml`, 'nobody')).rejects.toThrow(
      'there is no integration nobody in this workspace; it has sync',
    )
  })

  it('of every kind of object of version 1, also written as one list, says of each field that it does not carry that it is lost', () => {
    const text = `- apiVersion: openslo/v1
  kind: SLO
  metadata: { name: web, displayName: Web, labels: { env: [prod] } }
  spec:
    description: D
    service: sync
    indicatorRef: ratio
    timeWindow: [{ duration: 1w, isRolling: false, calendar: { startTime: 2022-01-01 12:00:00, timeZone: America/New_York } }]
    budgetingMethod: Occurrences
    objectives: [{ displayName: Good, target: 0.995 }]
    alertPolicies: [{ alertPolicyRef: fast }]
- apiVersion: openslo/v1
  kind: SLI
  metadata: { name: ratio }
  spec: { ratioMetric: { counter: true, good: { metricSource: { type: Prometheus, spec: { query: q } } }, total: { metricSource: { type: Prometheus, spec: { query: q } } } } }
- { apiVersion: openslo/v1, kind: SLI, metadata: { name: unused }, spec: {} }
- { apiVersion: openslo/v1, kind: Service, metadata: { name: sync, displayName: Sync }, spec: {} }
- { apiVersion: openslo/v1, kind: DataSource, metadata: { name: d }, spec: {} }
- { apiVersion: openslo/v1, kind: AlertPolicy, metadata: { name: fast }, spec: {} }
- { apiVersion: openslo/v1, kind: AlertCondition, metadata: { name: c }, spec: {} }
- { apiVersion: openslo/v1, kind: AlertNotificationTarget, metadata: { name: t }, spec: {} }
- { apiVersion: openslo/v2alpha, kind: SLO, metadata: { name: future }, spec: {} }
`
    const { levels, leftOut } = importOpenSlo('slo.yaml', text)
    expect([...levels]).toEqual([['sync', [{ name: 'web', indicator: 'availability', objective: '99.5%', window: 'P1W' }]]])
    expect(leftOut.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'SLO future: its apiVersion is openslo/v2alpha; openslo/v1 is read',
      'SLO web: a service level has no place for labels, displayName, description, names of objectives',
      'SLO web: its query (Prometheus) is not taken over: availability is measured from the traffic of the bridge',
      'SLO web: its alert policies are not taken over',
      'SLO web: calendar months are those of UTC here, not of America/New_York',
      'SLO web: its window follows the calendar; a rolling one of that length is taken',
      'SLI unused: no SLO in this file uses it',
      'Service sync: only its name is read: the integration of that name has its own title and description',
      'DataSource d: Bridgekeeper measures by itself, from the traffic of the bridge',
      'AlertPolicy fast: when an error budget burns is judged by fixed pairs of windows; see docs/service-levels.md',
      'AlertCondition c: when an error budget burns is judged by fixed pairs of windows; see docs/service-levels.md',
      'AlertNotificationTarget t: whom to call stands in the contacts of each side',
    ])
  })

  it('of what we have exported loses nothing, there and back and there again', async () => {
    const { objects } = await exported(levels)
    const { levels: read, leftOut } = importOpenSlo('slo.yaml', writeDocuments(objects))
    expect(leftOut).toEqual([])
    const again = await exported(
      `serviceLevels:\n${read
        .get('sync')!
        .map((level) => `  - ${JSON.stringify(level)}\n`)
        .join('')}`,
    )
    expect(again.objects).toEqual(objects)
  })
})
