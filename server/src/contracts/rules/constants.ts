import { canonical, own, ownArray } from '../json.ts'
import type { SchemaFamily } from './family.ts'
import { schemaRules } from './schema-rules.ts'

export const constants: SchemaFamily = {
  name: 'constants',
  words: ['const'],
  rules: schemaRules('constants', [
    {
      suffix: 'const-added',
      effect: 'narrows',
      clause: 'one fixed value is left',
      before: { type: 'string' },
      after: { type: 'string', const: 'a' },
    },
    {
      suffix: 'const-removed',
      effect: 'widens',
      clause: 'the fixed value is gone',
      before: { type: 'string', const: 'a' },
      after: { type: 'string' },
    },
    {
      suffix: 'const-changed',
      effect: 'changes',
      clause: 'the fixed value became another one',
      before: { type: 'string', const: 'a' },
      after: { type: 'string', const: 'b' },
    },
  ]),
  check: (pair, report) => {
    const [before, after] = [own(pair.before.node, 'const'), own(pair.after.node, 'const')]
    if (before === undefined) {
      const listed = ownArray(pair.before.node, 'enum')
      return report('const-added', { after, before: listed.length > 0 ? listed : undefined })
    }
    if (after !== undefined) return report('const-changed', { before, after })
    // `const: a` written as `enum: [a]` says the same.
    const values = ownArray(pair.after.node, 'enum')
    if (values.length === 1 && canonical(values[0]) === canonical(before)) return
    report('const-removed', { before })
  },
}
