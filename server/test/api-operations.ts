import type { Scope } from '../src/identity/index.ts'

/** What another tenant's key is answered. hidden: 404. listed: 200 without a trace. nothing: 200, and nothing happened. refused: 403. */
export type ForOthers = 'hidden' | 'listed' | 'nothing' | 'refused'

export interface OperationCase {
  scope: Scope
  /** To a company that has nothing to do with the object. */
  company: ForOthers
  /** To a customer's key of the same company, but of another customer. */
  customer: ForOthers
  /** A body that would be accepted from somebody who may. */
  body?: unknown
}

/** The objects of one tenant. */
export interface TenantObjects {
  instance: string
  connection: string
  run: string
  delivery: string
  key: string
  secret: string
  calendar: string
  subscription: string
  alert: string
  window: string
  reconciliation: string
}

const read = (company: ForOthers, customer: ForOthers = company): OperationCase => ({ scope: 'read', company, customer })
const operatorOnly: OperationCase = { scope: 'admin', company: 'refused', customer: 'refused' }

/** Every operation of the API by its id, as acme's objects are asked for. A new operation must be added here, or the walk fails. */
export function operationCases(acme: TenantObjects): Record<string, OperationCase> {
  const write = (body?: unknown, company: ForOthers = 'hidden', customer: ForOthers = company): OperationCase => ({
    scope: 'write',
    company,
    customer,
    ...(body === undefined ? {} : { body }),
  })
  const replay = (body: unknown, others: ForOthers = 'nothing'): OperationCase => ({
    scope: 'replay',
    company: others,
    customer: others,
    body,
  })
  const hours = {
    organization: 'acme',
    integration: 'shop-crm',
    activity: 'operation',
    sourcing: 'internal',
    hours: 1,
    workedOn: '2026-01-05',
  }
  const received = { plan: 'shop-crm', incentive: 'orders', amount: { amountMinor: 100, currency: 'EUR' }, receivedOn: '2026-01-05' }
  const signed = { by: 'acme/ada' }
  const window = { startsAt: '2027-01-01T00:00:00Z', endsAt: '2027-01-01T01:00:00Z', reason: 'A new disk.', ...signed }
  return {
    listInstances: read('listed'),
    getInstance: read('hidden'),
    createInstance: write({ integration: 'shop-crm', organization: 'acme', customer: 'umbrella', name: 'second' }),
    changeInstance: write({ state: 'removed' }),
    rollBackInstance: write({ revision: 1 }),
    listRuns: read('listed'),
    listSweeps: read('listed'),
    getRun: read('hidden'),
    listParked: read('listed'),
    dryRun: replay({ version: 'same' }, 'hidden'),
    resumeRuns: replay({ ids: [acme.run] }),
    discardRuns: replay({ ids: [acme.run] }),
    replayRuns: replay({ ids: [acme.run] }),
    listConnections: read('listed'),
    getConnection: read('hidden'),
    getCredentialForm: read('hidden', 'listed'),
    addConnection: write({ platform: 'crm', organization: 'acme', customer: 'umbrella', name: 'second', secrets: { token: 'x' } }),
    replaceCredential: write({ secrets: { token: 'x' } }),
    pauseConnection: write({ reason: 'because' }),
    resumeConnection: write(),
    removeConnection: write(),
    listCalls: read('hidden'),
    testConnection: write({ path: '/' }),
    listCircuits: operatorOnly,
    closeCircuit: operatorOnly,
    listDeliveries: read('listed'),
    getDelivery: read('hidden'),
    getDeliveryBody: read('hidden'),
    listRefusedDeliveries: read('listed'),
    rerouteDeliveries: replay({ ids: [acme.delivery] }),
    listWebhookSecrets: read('hidden'),
    addWebhookSecret: write({ secret: 'another secret' }),
    endWebhookSecret: write(),
    showKeyRing: operatorOnly,
    rotateKeyRing: operatorOnly,
    listUsage: read('hidden', 'listed'),
    getDrift: read('hidden', 'listed'),
    listContractVersions: read('hidden', 'listed'),
    publishContractVersion: write({ document: 'openapi: 3.1.0', state: 'proposed' }, 'hidden', 'refused'),
    checkContract: { scope: 'check', company: 'hidden', customer: 'refused', body: { document: 'openapi: 3.1.0\npaths: {}' } },
    listContractSources: read('listed', 'refused'),
    pollContractSource: write(undefined, 'hidden', 'refused'),
    listContractNotices: read('listed', 'refused'),
    getContractCalendar: read('listed', 'refused'),
    listContractCalendars: read('listed', 'refused'),
    createContractCalendar: write({ organization: 'acme', name: 'all hands' }, 'refused'),
    revokeContractCalendar: write(undefined, 'hidden', 'refused'),
    answerContractNotice: write({ by: 'acme/ada', answer: 'acknowledged' }, 'refused'),
    listNotifications: read('listed', 'refused'),
    listSubscriptions: read('listed', 'refused'),
    addSubscription: write({ organization: 'acme', name: 'chat', url: 'https://hooks.example.com/' }, 'refused'),
    removeSubscription: write(undefined, 'hidden', 'refused'),
    testSubscription: write({}, 'hidden', 'refused'),
    retrySubscription: write({}, 'hidden', 'refused'),
    listNotificationDeliveries: read('listed', 'refused'),
    listReadiness: read('listed'),
    listReadinessFacts: read('listed'),
    getReadiness: read('hidden'),
    getReadinessBadge: read('hidden'),
    judgeGate: read('hidden'),
    getSheet: read('hidden'),
    getIntegration: read('hidden'),
    attest: write({ side: 'acme', ...signed }),
    signWaiver: write({ check: 'owner', ...signed }),
    reviewGap: write({ gap: 'none', nextReviewOn: '2027-01-01', ...signed }),
    getCustomisation: read('hidden', 'listed'),
    getServiceLevels: read('hidden'),
    listAllAlerts: read('listed', 'refused'),
    listAlerts: read('hidden', 'refused'),
    handInRecords: write({ platform: 'shop', kind: 'webhooks', from: '2026-01-01', until: '2026-01-02', records: [] }, 'hidden', 'refused'),
    listReconciliations: read('hidden', 'refused'),
    getReconciliation: read('hidden', 'refused'),
    listMaintenance: read('hidden', 'refused'),
    announceMaintenance: write(window, 'hidden', 'refused'),
    withdrawMaintenance: write(undefined, 'hidden', 'refused'),
    acknowledgeAlert: write(signed, 'hidden', 'refused'),
    listDrills: read('hidden'),
    recordDrill: write({ kind: 'contact', side: 'hooli', ...signed }),
    listCanaries: read('hidden'),
    runCanary: write(undefined, 'hidden', 'refused'),
    reportCanary: write({ scenario: 'none', outcome: 'succeeded' }),
    adoptIntegration: { ...operatorOnly, body: { signedBy: ['acme/ada', 'hooli/hal'], reason: 'ran before' } },
    recordReceipts: write({ entries: [received] }, 'hidden', 'refused'),
    listReceipts: read('listed', 'refused'),
    getPlanActuals: operatorOnly,
    recordHours: write({ entries: [hours] }, 'refused'),
    listHours: read('listed', 'refused'),
    sumHours: read('listed', 'refused'),
    getCalibration: operatorOnly,
    listApiKeys: { scope: 'admin', company: 'listed', customer: 'refused' },
    addApiKey: { ...operatorOnly, body: { name: 'mine', organization: 'acme', scopes: ['read'] } },
    revokeApiKey: { scope: 'admin', company: 'hidden', customer: 'refused' },
  }
}

/** The path with acme's objects in it, and the same path with objects that never existed. */
export function pathsOf(template: string, acme: TenantObjects): { real: string; madeUp: string } {
  const unknownId = '01890000-0000-7000-8000-000000000000'
  const real: Record<string, string> = {
    ...acme,
    integration: 'shop-crm',
    platform: 'shop',
    source: 'shop',
    plan: 'shop-crm',
    stage: 'beta',
    kind: 'support',
    key: template.startsWith('/circuits') ? `connection:${acme.connection}` : acme.key,
  }
  const names = { integration: 'no-such', platform: 'no-such', source: 'no-such', stage: 'beta', kind: 'support' }
  const fill = (values: Record<string, string>) =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? unknownId))
  return { real: fill(real), madeUp: fill(names) }
}
