import { own } from '../json.ts'
import type { SchemaFamily } from './family.ts'
import { schemaRules } from './schema-rules.ts'

const packed = { type: 'string', contentMediaType: 'application/json', contentEncoding: 'base64' }

/** Text that carries another format inside. */
export const contents: SchemaFamily = {
  name: 'contents',
  words: ['contentMediaType', 'contentEncoding', 'contentSchema'],
  rules: schemaRules('contents', [
    {
      suffix: 'content-media-type-changed',
      effect: 'changes',
      clause: 'the text carries another media type inside',
      before: packed,
      after: { ...packed, contentMediaType: 'text/xml' },
    },
    {
      suffix: 'content-encoding-changed',
      effect: 'changes',
      clause: 'the text is encoded differently',
      before: packed,
      after: { ...packed, contentEncoding: 'base32' },
    },
    {
      suffix: 'content-schema-added',
      effect: 'narrows',
      clause: 'what the text carries inside must now fit a schema',
      before: packed,
      after: { ...packed, contentSchema: { type: 'object' } },
    },
    {
      suffix: 'content-schema-removed',
      effect: 'widens',
      clause: 'what the text carries inside no longer fits a schema',
      before: { ...packed, contentSchema: { type: 'object' } },
      after: packed,
    },
  ]),
  check: (pair, report) => {
    for (const [word, suffix] of [
      ['contentMediaType', 'content-media-type-changed'],
      ['contentEncoding', 'content-encoding-changed'],
    ] as const) {
      if (pair.changed.has(word)) report(suffix, { before: own(pair.before.node, word), after: own(pair.after.node, word) })
    }
    if (!pair.changed.has('contentSchema')) return
    if (own(pair.before.node, 'contentSchema') === undefined) report('content-schema-added')
    else if (own(pair.after.node, 'contentSchema') === undefined) report('content-schema-removed')
  },
}
