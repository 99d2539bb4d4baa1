import { rootSpot, type Spot } from '../contract.ts'
import { type Json, type JsonObject, own, ownArray, ownObject, ownString, ownStrings } from '../json.ts'
import type { Operation } from '../operations.ts'
import { documentExample } from './example.ts'
import type { OperationDetail, OperationPair } from './operation-report.ts'
import type { Level, Rule } from './rule.ts'

const family = 'servers'
const at = (...urls: string[]): JsonObject => ({ servers: urls.map((url) => ({ url })) })
const tenant = (value: string): JsonObject => ({
  servers: [{ url: 'https://{tenant}.api.example', variables: { tenant: { default: value } } }],
})

function rule(id: string, level: Level, meaning: string, before: JsonObject, after: JsonObject): Rule {
  return { id, level, direction: 'none', family, meaning, example: documentExample(before, after) }
}

export const serverRules: Rule[] = [
  rule(
    'api-server-removed',
    'ERR',
    'An address of the API is no longer listed. Clients that call it stop when it is switched off.',
    at('https://api.example/v1'),
    at('https://api.example/v2'),
  ),
  rule(
    'api-server-added',
    'INFO',
    'The API has one more address.',
    at('https://api.example/v1'),
    at('https://api.example/v1', 'https://eu.api.example/v1'),
  ),
  rule(
    'api-server-default-changed',
    'WARN',
    'A part of an address has another default. Clients that leave it at its default call another address.',
    tenant('one'),
    tenant('two'),
  ),
]

type Tell = (rule: string, detail: OperationDetail) => void

/**
 * Compares the `servers` of two documents, or of what stands below them. Where none are listed, nothing is said, so nothing can be missed.
 *
 * @param base what each version has in front of its paths, where it is a matter of writing
 */
export function checkServers(before: Spot, after: Spot, tell: Tell, base?: { before: string; after: string }): void {
  const [old, now] = [addresses(before.node, base?.before), addresses(after.node, base?.after)]
  if (old.size === 0 || now.size === 0) return
  for (const [address, fallback] of old) {
    const other = now.get(address)
    if (other === undefined) tell('api-server-removed', { before: address, beforeSpot: before, afterSpot: after })
    else if (other !== fallback)
      tell('api-server-default-changed', { before: fallback, after: other, beforeSpot: before, afterSpot: after })
  }
  for (const address of now.keys())
    if (!old.has(address)) tell('api-server-added', { after: address, beforeSpot: before, afterSpot: after })
}

/** What one operation says of its addresses, itself or by its path; what the document says for all is told once. */
export function checkOperationServers(pair: OperationPair): void {
  const [old, now] = [nearest(pair.before), nearest(pair.after)]
  if (old || now) checkServers(old ?? rootSpot(pair.before.contract), now ?? rootSpot(pair.after.contract), pair.report)
}

function nearest(operation: Operation): Spot | undefined {
  return [operation.spot, operation.item].find((spot) => ownArray(spot.node, 'servers').length > 0)
}

/** Above so many, the parts of an address are compared as they are written. */
const maxAddresses = 64

/** Each address with the defaults of the parts that everybody fills in for himself. */
function addresses(node: Json, base = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const server of ownArray(node, 'servers')) {
    const url = ownString(server, 'url')
    if (url !== undefined)
      for (const [address, fallback] of spelledOut(url, ownObject(server, 'variables')))
        found.set(without(address, base), without(fallback, base))
  }
  return found
}

function without(address: string, base: string): string {
  return base !== '' && address.endsWith(base) ? address.slice(0, -base.length) : address
}

/** Parts with listed values are written out with each; names of other parts mean nothing outside. */
function spelledOut(url: string, variables: JsonObject): [address: string, fallback: string][] {
  let forms: [string, string][] = [[url, url]]
  for (const name of Object.keys(variables)) {
    const values = ownStrings(variables[name], 'enum')
    const filled = values.length > 0 && values.length * forms.length <= maxAddresses ? values : undefined
    const place = `{${name}}`
    const fallback = String(own(variables[name], 'default') ?? '')
    forms = forms.flatMap(([address, all]): [string, string][] =>
      filled
        ? filled.map((value) => [address.replaceAll(place, value), all.replaceAll(place, value)])
        : [[address.replaceAll(place, '{}'), all.replaceAll(place, fallback)]],
    )
  }
  return forms.map(([address, all]) => [normal(address), normal(all)])
}

/** `HTTPS://Api.example:443/` and `https://api.example` are one address. */
function normal(url: string): string {
  const [, origin = '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)?(.*)$/is.exec(url) ?? []
  const port = /^https:/i.test(origin) ? /:443$/ : /^http:/i.test(origin) ? /:80$/ : /$^/
  return `${origin.toLowerCase().replace(port, '')}${path.replace(/\/+$/, '')}`
}
