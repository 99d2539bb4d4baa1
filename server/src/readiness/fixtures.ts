import type { Integration, Workspace } from '../workspace/index.ts'
import type { IntegrationFacts, ReadinessFacts } from './facts.ts'

export { exampleWorkspace, today } from '../agreements/fixtures.ts'

type Spec = Integration['spec']

/** The same workspace with one integration's spec edited; the original is left alone. */
export function withSpec(workspace: Workspace, name: string, edit: (spec: Spec) => void): Workspace {
  const integration = structuredClone(workspace.integrations.get(name)!)
  edit(integration.spec)
  return { ...workspace, integrations: new Map([...workspace.integrations, [name, integration]]) }
}

const instances = ['north', 'south', 'east', 'west'].map((customer, index) => ({
  id: `instance-${index + 1}`,
  customer,
  paying: index > 0,
  affiliated: false,
  active: true,
  lastActiveOn: '2026-11-18',
  revenuePerYear: { amountMinor: 58_800, currency: 'EUR' },
  termEndsOn: '2027-06-30',
}))

/** What a running system would know about a bridge in good health. */
export const healthyFacts: IntegrationFacts = {
  operations: [
    { platform: 'meridian-erp', operation: 'GET /invoices/{id}', succeeded: 4100, lastSucceededOn: '2026-11-20' },
    { platform: 'quill-invoicing', operation: 'POST /documents', succeeded: 4090, lastSucceededOn: '2026-11-20' },
  ],
  runs: { succeeded: 4090, failed: 10 },
  deliveries: [
    { platform: 'meridian-erp', verified: 4100, refused: 0 },
    { platform: 'quill-invoicing', verified: 900, refused: 2 },
  ],
  sandboxes: [{ platform: 'meridian-erp' }, { platform: 'quill-invoicing' }],
  notices: [{ party: 'meridian', title: 'posting v2 loses a field', on: '2026-10-01', verdict: 'on-time' }],
  watchedSides: ['meridian', 'quill'],
  instances,
  drills: ['meridian', 'quill'].flatMap((side) => [
    { kind: 'contact' as const, side, on: '2026-10-15', answeredAfterMs: 3_600_000 },
    { kind: 'on-call' as const, side, on: '2026-09-10', answeredAfterMs: 240_000 },
  ]),
  canaries: ['invoice-out', 'payment-back'].map((scenario) => ({ scenario, lastSucceededAt: '2026-11-20T06:00:00Z', failing: false })),
  serviceLevels: [
    { name: 'availability', measuredDays: 28, attainedPpm: 998_000 },
    { name: 'freshness', measuredDays: 28, attainedPpm: 996_000 },
  ],
  links: ['docs', 'kb', 'run'].map((path) => ({ url: `https://quill.example/${path}/meridian`, reachable: true, checkedOn: '2026-11-19' })),
  attestations: [],
  waiverSignatures: [],
  gapReviews: [],
  admission: { stage: 'ga', since: '2026-09-15', how: 'gate' },
}

/** What the same system knows about the one-sided bridge: that customers pay for it. */
export const oneSidedFacts: IntegrationFacts = {
  instances: [
    {
      id: 'warehouse-1',
      customer: 'lager',
      paying: true,
      affiliated: false,
      active: true,
      revenuePerYear: { amountMinor: 1_200_000, currency: 'EUR' },
    },
    {
      id: 'warehouse-2',
      customer: 'lager',
      paying: true,
      affiliated: false,
      active: true,
      revenuePerYear: { amountMinor: 300_000, currency: 'EUR' },
    },
    {
      id: 'warehouse-3',
      customer: 'depot',
      paying: true,
      affiliated: false,
      active: true,
      revenuePerYear: { amountMinor: 90_000, currency: 'USD' },
    },
  ],
}

export const exampleFacts: ReadinessFacts = {
  of: (integration) => (integration === 'meridian-quill' ? healthyFacts : integration === 'meridian-stockroom' ? oneSidedFacts : {}),
}
