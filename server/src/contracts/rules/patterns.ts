import { own } from '../json.ts'
import { directionOf, type SchemaFamily } from './family.ts'
import { places } from './rule.ts'
import { schemaRules } from './schema-rules.ts'

const text = (pattern?: string) => (pattern === undefined ? { type: 'string' } : { type: 'string', pattern })
/** Patterns that every text matches. Whether one regular expression includes another is not decided here. */
const matchesAll = new Set(['.*', '^.*$', '^.*', '.*$', '^', '$', '[\\s\\S]*', '^[\\s\\S]*$'])

export const patterns: SchemaFamily = {
  name: 'patterns',
  words: ['pattern'],
  rules: schemaRules('patterns', [
    { suffix: 'pattern-added', effect: 'narrows', clause: 'a pattern was set', before: text(), after: text('^a+$') },
    {
      suffix: 'pattern-removed',
      effect: 'widens',
      clause: 'the pattern is gone',
      before: text('^a+$'),
      after: text(),
      levels: { response: 'WARN' },
    },
    {
      suffix: 'pattern-changed',
      effect: 'changes',
      clause: 'the pattern became another one, and nobody can tell whether it takes the same texts',
      before: text('^a+$'),
      after: text('^b+$'),
      levels: { request: 'WARN', response: 'WARN' },
    },
    {
      suffix: 'pattern-generalized',
      effect: 'widens',
      clause: 'the pattern now takes every text',
      before: text('^a+$'),
      after: text('.*'),
      only: (place) => places[place].direction === 'request',
    },
  ]),
  check: (pair, report) => {
    // An empty pattern is how generators write "none".
    const [before, after] = [own(pair.before.node, 'pattern') || undefined, own(pair.after.node, 'pattern') || undefined]
    if (before === after) return
    if (before === undefined) return report('pattern-added', { after })
    if (after === undefined) return report('pattern-removed', { before })
    const general = directionOf(pair) === 'request' && matchesAll.has(String(after))
    report(general ? 'pattern-generalized' : 'pattern-changed', { before, after })
  },
}
