import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Versions of one contract in the order of their publication, as texts; JSON or YAML. */
export interface Histories {
  /** 33 operations; one for two hours; the same 33 again. */
  flap: { before: string; emptied: string; path: string }
  /** `method` of payment leaves one branch of the union and another takes it as it was sent. */
  moved: { before: string; after: string; body: object; method: string }
  /** A value that is gone, or taken only with more than was sent. */
  removed: { before: string; after: string; body: object; method: string }
  /** The end of four operations, announced in a sentence. */
  ended: { before: string; announced: string; after: string; announcedAt: string; goneAt: string; on: string; operations: string[] }
  /** A payment that is none of all this. */
  other: object
}

const ok = { responses: { 200: { description: 'ok' } } }
const openapi = (name: string, version: string, paths: object, schemas: object = {}) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: name, version }, paths, components: { schemas } })

/** Made after the histories of Adyen and Xero that the specifications under ../shared hold; the product never needs those. */
export function craftedHistories(): Histories {
  const entities = (operations: number) =>
    openapi(
      'legal entities',
      '3',
      Object.fromEntries(Array.from({ length: operations }, (_, n) => [n === 0 ? '/entities/{id}' : `/entities/{id}/${n}`, { get: ok }])),
    )
  const details = (methods: string[], required: string[] = []) => ({
    type: 'object',
    properties: { type: { type: 'string', enum: methods }, issuer: { type: 'string' } },
    required: ['type', ...required],
  })
  const checkout = (version: string, wallets: object, cards: object, later: object = {}) => {
    const schemas = { WalletDetails: wallets, CardDetails: cards, ...later }
    const method = { oneOf: Object.keys(schemas).map((name) => ({ $ref: `#/components/schemas/${name}` })) }
    const body = {
      type: 'object',
      required: ['amount', 'paymentMethod'],
      properties: { amount: { type: 'integer' }, paymentMethod: method },
    }
    const post = { requestBody: { required: true, content: { 'application/json': { schema: body } } }, ...ok }
    return openapi('checkout', version, { '/payments': { post } }, schemas)
  }
  const [wallets, cards] = [details(['alma', 'giropay', 'neteller']), details(['scheme'])]
  const before = checkout('70', wallets, cards)
  const employees = ['GET /employees', 'POST /employees', 'GET /employees/{id}', 'PUT /employees/{id}']
  const payroll = (sentence: string, kept: boolean) => {
    const operation = { ...ok, description: `Employees of an organisation. ${sentence}` }
    const old = { '/employees': { get: operation, post: operation }, '/employees/{id}': { get: operation, put: operation } }
    return openapi('payroll', kept ? '2' : '3', { '/payruns': { get: ok }, ...(kept ? old : {}) })
  }
  return {
    flap: { before: entities(33), emptied: openapi('legal entities', '3', { '/review': { post: ok } }), path: '/entities/{id}' },
    moved: {
      before,
      after: checkout('71', details(['giropay', 'neteller']), cards, { AlmaDetails: details(['alma']) }),
      body: { amount: 10, paymentMethod: { type: 'alma' } },
      method: 'alma',
    },
    removed: {
      before,
      after: checkout('71', details(['alma', 'giropay']), cards),
      body: { amount: 10, paymentMethod: { type: 'neteller' } },
      method: 'neteller',
    },
    ended: {
      before: payroll('', true),
      announced: payroll('It will be removed on 28 April 2026.', true),
      after: payroll('', false),
      announcedAt: '2025-07-17T04:45:04Z',
      goneAt: '2026-04-29T02:52:28Z',
      on: '2026-04-28',
      operations: employees,
    },
    other: { amount: 10, paymentMethod: { type: 'scheme' } },
  }
}

export const realSpecs = join(import.meta.dirname, '../../../shared/specs')

/** The same stories as they really happened: Adyen LegalEntity, Adyen Checkout twice, Xero Payroll. */
export async function realHistories(): Promise<Histories> {
  const read = (folder: string, file: string) => readFile(join(realSpecs, folder, file), 'utf8')
  const payment = (paymentMethod: object) => ({
    amount: { currency: 'EUR', value: 1000 },
    merchantAccount: 'ExampleMerchant',
    reference: 'order-1',
    returnUrl: 'https://shop.example/return',
    paymentMethod,
  })
  const [alma, bank] = ['adyen-checkout-alma-moved', 'adyen-checkout-onlinebanking-in']
  const xero = 'xero-employees-sunset'
  return {
    flap: {
      before: await read('adyen-legalentity-flap', 'before.yaml'),
      emptied: await read('adyen-legalentity-flap', 'mid.yaml'),
      path: '/legalEntities/{id}',
    },
    moved: {
      before: await read(alma, 'before.yaml'),
      after: await read(alma, 'after.yaml'),
      body: payment({ type: 'alma' }),
      method: 'alma',
    },
    removed: {
      before: await read(bank, 'before.yaml'),
      after: await read(bank, 'after.yaml'),
      body: payment({ type: 'onlinebanking_IN' }),
      method: 'onlinebanking_IN',
    },
    ended: {
      before: await read(xero, 'before.yaml'),
      announced: await read(xero, 'announced.yaml'),
      after: await read(xero, 'after.yaml'),
      announcedAt: '2025-07-17T04:45:04Z',
      goneAt: '2026-04-29T02:52:28Z',
      on: '2026-04-28',
      operations: ['GET /Employees', 'POST /Employees', 'GET /Employees/{EmployeeID}', 'PUT /Employees'],
    },
    other: payment({ type: 'scheme', encryptedCardNumber: 'test_4111', encryptedExpiryMonth: 'test_03', encryptedExpiryYear: 'test_2030' }),
  }
}

/**
 * A workspace in files: the platforms of penny are bridged twice, by acme (`pays-often`) and by bravo (`pays-by-card`).
 *
 * @returns its folder
 */
export async function writeHistoryWorkspace({ flap, moved, removed, ended }: Histories): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'history-'))
  const write = (file: string, text: string) => writeFile(join(folder, file), text)
  const person = (name: string) => `{ name: ${name}, fullName: ${name}, title: Product manager, email: ${name}@example.com }`
  const organization = (name: string, who: string) =>
    `apiVersion: bridgekeeper.dev/v1\nkind: Organization\nmetadata: { name: ${name} }\nspec: { business: product, people: [${person(who)}] }\n`
  const platforms = { legal: flap.before, moving: moved.before, removing: removed.before, payroll: ended.before }
  for (const [name, text] of Object.entries(platforms)) await write(`${name}.contract`, text)
  const platform = (name: string) =>
    `apiVersion: bridgekeeper.dev/v1\nkind: Platform\nmetadata: { name: ${name} }\nspec:\n  owner: penny\n  contract: { file: ./${name}.contract }\n  authentication: { kind: bearer }\n  idempotency: { kind: header }\n`
  const integration = (name: string, side: string) => `apiVersion: bridgekeeper.dev/v1
kind: Integration
metadata: { name: ${name} }
spec:
  stage: pilot
  problem: Somebody types payments twice.
  relationship: direct
  builder: ${side}
  host: ${side}
  sides:
    - { organization: ${side}, platforms: [${side === 'acme' ? 'shop' : 'store'}], roster: [{ role: product-owner, person: ${side}/${side === 'acme' ? 'ada' : 'bob'} }] }
    - { organization: penny, platforms: [${Object.keys(platforms).join(', ')}], roster: [{ role: product-owner, person: penny/pat }] }
`
  await write('bridgekeeper.yaml', 'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: history }\nspec: {}\n')
  const shop = `apiVersion: bridgekeeper.dev/v1
kind: Platform
metadata: { name: shop }
spec:
  owner: acme
  webhooks:
    verification: { scheme: github }
    deliveryId: { header: X-Delivery }
    event: [{ header: X-Event }]
    account: { body: /account }
`
  const documents = [
    organization('acme', 'ada'),
    organization('bravo', 'bob'),
    organization('penny', 'pat'),
    shop,
    'apiVersion: bridgekeeper.dev/v1\nkind: Platform\nmetadata: { name: store }\nspec: { owner: bravo }\n',
    ...Object.keys(platforms).map(platform),
    integration('pays-often', 'acme'),
    integration('pays-by-card', 'bravo'),
  ]
  await write('everything.yaml', documents.join('---\n'))
  return folder
}
