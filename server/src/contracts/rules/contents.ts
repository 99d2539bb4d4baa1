import { type Json, type JsonObject, own } from '../json.ts'
import type { SchemaFamily } from './family.ts'
import { schemaRules } from './schema-rules.ts'

const packed = { type: 'string', contentMediaType: 'application/json', contentEncoding: 'base64' }

/** Text that carries another format inside. */
export const contents: SchemaFamily = {
  name: 'contents',
  words: ['contentMediaType', 'contentEncoding', 'contentSchema', 'format'],
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
      const [before, after] = [contentWord(word, pair.before.node, pair.after.node), contentWord(word, pair.after.node, pair.before.node)]
      if (before !== after) report(suffix, { before, after })
    }
    if (!pair.changed.has('contentSchema')) return
    if (own(pair.before.node, 'contentSchema') === undefined) report('content-schema-added')
    else if (own(pair.after.node, 'contentSchema') === undefined) report('content-schema-removed')
  },
}

/** What OpenAPI 3.0 said with the format `byte`, 3.1 says with `contentEncoding`. */
function contentWord(word: string, node: JsonObject, other: JsonObject): Json | undefined {
  const written = own(node, word)
  if (written !== undefined || word !== 'contentEncoding' || own(other, word) === undefined) return written
  return own(node, 'format') === 'byte' ? 'base64' : undefined
}
