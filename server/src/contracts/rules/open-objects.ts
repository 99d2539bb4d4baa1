import { isObject, type Json, type JsonObject, own } from '../json.ts'
import type { SchemaFamily } from './family.ts'
import { schemaRules } from './schema-rules.ts'

const object = (additionalProperties?: Json): Json => ({
  type: 'object',
  properties: { name: { type: 'string' } },
  ...(additionalProperties === undefined ? {} : { additionalProperties }),
})

/** Whether an object takes properties that its description does not name. */
export const openObjects: SchemaFamily = {
  name: 'open-objects',
  words: ['additionalProperties'],
  rules: schemaRules('open-objects', [
    {
      suffix: 'additional-properties-closed',
      effect: 'narrows',
      clause: 'properties that are not described are no longer taken',
      before: object(),
      after: object(false),
      levels: { request: 'WARN' },
    },
    {
      suffix: 'additional-properties-opened',
      effect: 'neutral',
      clause: 'properties that are not described are now possible; readers ignore what they do not know',
      before: object(false),
      after: object(),
    },
    {
      suffix: 'additional-properties-schema-added',
      effect: 'narrows',
      clause: 'properties that are not described must now fit a schema',
      before: object(),
      after: object({ type: 'string' }),
      levels: { request: 'WARN' },
    },
    {
      suffix: 'additional-properties-schema-removed',
      effect: 'widens',
      clause: 'properties that are not described can be anything',
      before: { type: 'object', additionalProperties: { type: 'string' } },
      after: { type: 'object' },
      levels: { response: 'WARN' },
    },
  ]),
  check: (pair, report) => {
    const [before, after] = [openness(pair.before.node), openness(pair.after.node)]
    if (before === after) return
    if (after === 'closed') report('additional-properties-closed')
    else if (after === 'open') report(before === 'closed' ? 'additional-properties-opened' : 'additional-properties-schema-removed')
    else report(before === 'closed' ? 'additional-properties-opened' : 'additional-properties-schema-added')
  },
}

function openness(node: JsonObject): 'open' | 'closed' | 'schema' {
  const value = own(node, 'additionalProperties')
  if (value === false) return 'closed'
  return isObject(value) && Object.keys(value).length > 0 ? 'schema' : 'open'
}
