import { own } from '../json.ts'
import type { SchemaFamily } from './family.ts'
import { schemaRules } from './schema-rules.ts'

/** What a value means when it is left out. Parameters are judged by parameter-values: there the requirement counts, too. */
export const defaults: SchemaFamily = {
  name: 'defaults',
  words: ['default'],
  rules: schemaRules(
    'defaults',
    (
      [
        ['added', 'a default was set', { type: 'string' }, { type: 'string', default: 'a' }],
        ['removed', 'the default is gone', { type: 'string', default: 'a' }, { type: 'string' }],
        ['changed', 'the default became another value', { type: 'string', default: 'a' }, { type: 'string', default: 'b' }],
      ] as const
    ).map(([what, clause, before, after]) => ({
      suffix: `default-value-${what}`,
      effect: 'neutral' as const,
      clause,
      before,
      after,
      only: (place: string) => place !== 'request-parameter',
    })),
  ),
  check: (pair, report) => {
    if (pair.place === 'request-parameter' || pair.place === 'request-header') return
    const [before, after] = [own(pair.before.node, 'default'), own(pair.after.node, 'default')]
    report(before === undefined ? 'default-value-added' : after === undefined ? 'default-value-removed' : 'default-value-changed', {
      before,
      after,
    })
  },
}
