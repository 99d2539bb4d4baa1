import { type Contract, child, childObject, rootSpot } from '../contract.ts'
import { canonical, isObject, type Json, type JsonObject, own, ownObject, ownStrings } from '../json.ts'
import { documentExample, operationExample } from './example.ts'
import type { OperationDetail, OperationPair } from './operation-report.ts'
import type { Level, Rule } from './rule.ts'

const family = 'security'
const oauth = (scopes: JsonObject, more: JsonObject = {}, type = 'oauth2'): JsonObject => ({
  components: {
    securitySchemes: {
      login: {
        type,
        flows: { authorizationCode: { authorizationUrl: 'https://a.example', tokenUrl: 'https://t.example', ...more, scopes } },
      },
    },
  },
})
const withFlows = (...names: string[]): JsonObject => ({
  components: {
    securitySchemes: {
      login: {
        type: 'oauth2',
        flows: Object.fromEntries(
          names.map((name) => [name, { authorizationUrl: 'https://a.example', tokenUrl: 'https://t.example', scopes: {} }]),
        ),
      },
    },
  },
})
const needs = (...requirements: JsonObject[]): JsonObject => ({ security: requirements })
const read = { read: 'Read things' }

const requirements: readonly [suffix: string, level: Level, meaning: string, before: JsonObject, after: JsonObject][] = [
  [
    'added',
    'INFO',
    'one more way to authenticate is listed. What that does to calls is told by `api-access-narrowed`',
    {},
    needs({ login: [] }),
  ],
  [
    'removed',
    'INFO',
    'a way to authenticate is no longer listed. What that does to calls is told by `api-access-narrowed`',
    needs({ login: [] }, { key: [] }),
    needs({ key: [] }),
  ],
  [
    'scope-added',
    'INFO',
    'a further permission (scope) is listed. What that does to calls is told by `api-access-narrowed`',
    needs({ login: [] }),
    needs({ login: ['read'] }),
  ],
  ['scope-removed', 'INFO', 'a permission (scope) is no longer needed', needs({ login: ['read'] }), needs({ login: [] })],
]

const components: readonly [suffix: string, level: Level, meaning: string, before: JsonObject, after: JsonObject][] = [
  ['added', 'INFO', 'A way to authenticate was described.', {}, oauth(read)],
  ['removed', 'INFO', 'A way to authenticate is no longer described. What that means for operations is told there.', oauth(read), {}],
  [
    'type-changed',
    'INFO',
    'A way to authenticate became another kind. What that does to calls is told by `api-access-narrowed`.',
    oauth(read),
    oauth(read, {}, 'openIdConnect'),
  ],
  [
    'oauth-url-changed',
    'INFO',
    'Users give their consent at another address.',
    oauth(read),
    oauth(read, { authorizationUrl: 'https://new.example' }),
  ],
  [
    'oauth-token-url-changed',
    'INFO',
    'Tokens are fetched at another address.',
    oauth(read),
    oauth(read, { tokenUrl: 'https://new.example' }),
  ],
  [
    'oauth-flow-removed',
    'ERR',
    'Tokens can no longer be had by one of the ways (`flows`) that clients use.',
    withFlows('implicit', 'authorizationCode'),
    withFlows('authorizationCode'),
  ],
  [
    'oauth-flow-added',
    'INFO',
    'Tokens can be had by one more way (`flows`).',
    withFlows('authorizationCode'),
    withFlows('implicit', 'authorizationCode'),
  ],
  ['oauth-scope-added', 'INFO', 'A permission (scope) can be asked for.', oauth(read), oauth({ ...read, write: 'Write things' })],
  [
    'oauth-scope-removed',
    'INFO',
    'A permission (scope) can no longer be asked for.',
    oauth({ ...read, write: 'Write things' }),
    oauth(read),
  ],
  ['oauth-scope-changed', 'INFO', 'The words that explain a permission (scope) changed.', oauth(read), oauth({ read: 'Read all things' })],
]

export const securityRules: Rule[] = [
  {
    id: 'api-access-narrowed',
    level: 'ERR',
    direction: 'request',
    family,
    meaning:
      'Credentials with which the operation could be called are refused now: a scheme or scope is newly needed, or a scheme became another kind.',
    example: operationExample(needs({ login: ['read'] }), needs({ login: ['read', 'write'] })),
  },
  ...requirements.flatMap(([suffix, level, clause, before, after]): Rule[] => [
    {
      id: `api-security-${suffix}`,
      level,
      direction: 'none',
      family,
      meaning: `For one operation, ${clause}.`,
      example: operationExample(before, after),
    },
    {
      id: `api-global-security-${suffix}`,
      level,
      direction: 'none',
      family,
      meaning: `For every operation that says nothing else, ${clause}.`,
      example: documentExample(before, after),
    },
  ]),
  ...components.map(
    ([suffix, level, meaning, before, after]): Rule => ({
      id: `api-security-component-${suffix}`,
      level,
      direction: 'none',
      family,
      meaning,
      example: documentExample(before, after),
    }),
  ),
]

type Tell = (rule: string, detail: OperationDetail) => void

/** What one operation asks for, when it says so itself; otherwise the document's demands are told once, for all. */
export function checkOperationSecurity(pair: OperationPair): void {
  const [before, after] = [own(pair.before.spot.node, 'security'), own(pair.after.spot.node, 'security')]
  if (before === undefined && after === undefined) return
  const inherited = (contract: Contract) => own(contract.document, 'security')
  compareRequirements(before ?? inherited(pair.before.contract), after ?? inherited(pair.after.contract), 'api-security', pair.report)
}

export function checkGlobalSecurity(before: Contract, after: Contract, tell: Tell): void {
  compareRequirements(own(before.document, 'security'), own(after.document, 'security'), 'api-global-security', tell)
}

/** Requirements are alternatives: each is a set of schemes that are all needed. */
function compareRequirements(before: Json | undefined, after: Json | undefined, prefix: string, tell: Tell): void {
  const [old, now] = [bySchemes(before), bySchemes(after)]
  for (const [schemes, requirement] of old) {
    const same = now.get(schemes)
    if (same) compareScopes(requirement, same, prefix, tell)
    else tell(`${prefix}-removed`, { before: shown(requirement) })
  }
  for (const [schemes, requirement] of now) {
    if (!old.has(schemes)) tell(`${prefix}-added`, { after: shown(requirement) })
  }
}

function bySchemes(list: Json | undefined): Map<string, JsonObject> {
  const items = Array.isArray(list) ? list.filter(isObject) : []
  return new Map(items.map((item) => [Object.keys(item).sort().join(' & '), item]))
}

function shown(requirement: JsonObject): string {
  return (
    Object.keys(requirement)
      .sort()
      .map((scheme) => `${scheme}: [${ownStrings(requirement, scheme).join(', ')}]`)
      .join(' & ') || 'none'
  )
}

function compareScopes(before: JsonObject, after: JsonObject, prefix: string, tell: Tell): void {
  for (const scheme of Object.keys(before).sort()) {
    const [old, now] = [ownStrings(before, scheme), ownStrings(after, scheme)]
    for (const scope of now) if (!old.includes(scope)) tell(`${prefix}-scope-added`, { after: `${scheme}: ${scope}` })
    for (const scope of old) if (!now.includes(scope)) tell(`${prefix}-scope-removed`, { before: `${scheme}: ${scope}` })
  }
}

/** The described ways to authenticate. */
export function checkSecurityComponents(
  before: Contract,
  after: Contract,
  tell: (rule: string, detail: OperationDetail & { component: string }) => void,
): void {
  const [old, now] = [schemesOf(before), schemesOf(after)]
  for (const name of Object.keys(old))
    if (!Object.hasOwn(now, name)) tell('api-security-component-removed', { component: name, before: name })
  for (const name of Object.keys(now)) {
    if (!Object.hasOwn(old, name)) tell('api-security-component-added', { component: name, after: name })
    else compareScheme(old[name]!, now[name]!, (rule, detail) => tell(`api-security-component-${rule}`, { ...detail, component: name }))
  }
}

function schemesOf(contract: Contract): JsonObject {
  const spot = childObject(contract, childObject(contract, rootSpot(contract), 'components'), 'securitySchemes')
  if (!spot) return {}
  return Object.fromEntries(
    Object.keys(spot.node as JsonObject).flatMap((name) => {
      const scheme = childObject(contract, spot, name) ?? child(spot, name)
      return scheme ? [[name, scheme.node]] : []
    }),
  )
}

function compareScheme(before: Json, after: Json, tell: Tell): void {
  if (kindOf(before) !== kindOf(after)) tell('type-changed', { before: kindOf(before), after: kindOf(after) })
  const [old, now] = [ownObject(before, 'flows'), ownObject(after, 'flows')]
  for (const flow of Object.keys(old)) if (Object.hasOwn(now, flow)) compareFlow(old[flow]!, now[flow]!, tell)
  if (kindOf(before) !== kindOf(after)) return
  for (const flow of Object.keys(old)) if (!Object.hasOwn(now, flow)) tell('oauth-flow-removed', { before: flow })
  for (const flow of Object.keys(now)) if (!Object.hasOwn(old, flow)) tell('oauth-flow-added', { after: flow })
}

function compareFlow(before: Json, after: Json, tell: Tell): void {
  for (const [word, rule] of [
    ['authorizationUrl', 'oauth-url-changed'],
    ['tokenUrl', 'oauth-token-url-changed'],
  ] as const) {
    if (canonical(own(before, word) ?? '') !== canonical(own(after, word) ?? ''))
      tell(rule, { before: own(before, word), after: own(after, word) })
  }
  const [old, now] = [ownObject(before, 'scopes'), ownObject(after, 'scopes')]
  for (const scope of Object.keys(old)) {
    if (!Object.hasOwn(now, scope)) tell('oauth-scope-removed', { before: scope })
    else if (old[scope] !== now[scope])
      tell('oauth-scope-changed', { before: `${scope}: ${String(old[scope])}`, after: `${scope}: ${String(now[scope])}` })
  }
  for (const scope of Object.keys(now)) if (!Object.hasOwn(old, scope)) tell('oauth-scope-added', { after: scope })
}

/** Credentials count as a set of values, too: every set that opened the operation before must still open it. */
export function checkAccess(pair: OperationPair): void {
  const [old, now] = [accessOf(pair.before.contract, pair.before.spot.node), accessOf(pair.after.contract, pair.after.spot.node)]
  for (const held of old) {
    if (now.some((needed) => opens(held, needed))) continue
    pair.report('api-access-narrowed', { before: shown(held.requirement), after: now.map((needed) => shown(needed.requirement)).sort() })
  }
}

interface Access {
  requirement: JsonObject
  /** Scheme → what kind of credential it is. */
  credentials: ReadonlyMap<string, Credential>
}

interface Credential {
  kind: string
  /** Where it comes from; empty for what is handed out otherwise. */
  issuer: string
}

/** The alternatives that open an operation; one without demands when nothing is asked for. */
function accessOf(contract: Contract, operation: Json): Access[] {
  const security = own(operation, 'security') ?? own(contract.document, 'security')
  const list = Array.isArray(security) ? security.filter(isObject) : []
  const schemes = schemesOf(contract)
  return (list.length > 0 ? list : [{}]).map((requirement) => ({
    requirement,
    credentials: new Map(Object.keys(requirement).map((name) => [name, { kind: kindOf(schemes[name]), issuer: issuerOf(schemes[name]) }])),
  }))
}

function opens(held: Access, needed: Access): boolean {
  return Object.keys(needed.requirement).every((scheme) => {
    const had = sameCredential(held, scheme, needed.credentials.get(scheme)!)
    return had !== undefined && ownStrings(needed.requirement, scheme).every((scope) => ownStrings(held.requirement, had).includes(scope))
  })
}

/** The name of a scheme is known to the document only: under another name, the same credential is told by its kind and where it comes from. */
function sameCredential(held: Access, scheme: string, needed: Credential): string | undefined {
  const had = held.credentials.get(scheme)
  if (had) return had.kind === needed.kind ? scheme : undefined
  return [...held.credentials].find(([, other]) => other.kind !== '' && other.kind === needed.kind && other.issuer === needed.issuer)?.[0]
}

function kindOf(scheme: Json | undefined): string {
  return ['type', 'scheme', 'in', 'name']
    .flatMap((word) => own(scheme, word) ?? [])
    .join(' ')
    .toLowerCase()
}

function issuerOf(scheme: Json | undefined): string {
  const flows = Object.values(ownObject(scheme, 'flows'))
  const urls = flows.flatMap((flow) => [own(flow, 'tokenUrl') ?? [], own(flow, 'authorizationUrl') ?? []].flat())
  return [...new Set([...urls, own(scheme, 'openIdConnectUrl') ?? []].flat().map(String))].sort().join(' ')
}
