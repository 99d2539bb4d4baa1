import { nullMember } from '../schema-pair.ts'
import { allowsNull } from '../schema-side.ts'
import type { SchemaFamily } from './family.ts'
import { schemaRules } from './schema-rules.ts'
import { isListOfTypes } from './type-lists.ts'

export const nullability: SchemaFamily = {
  name: 'nullability',
  words: ['nullable'],
  rules: schemaRules('nullability', [
    {
      suffix: 'became-nullable',
      effect: 'widens',
      clause: 'null became a possible value',
      before: { type: 'string' },
      after: { type: ['string', 'null'] },
    },
    {
      suffix: 'became-not-nullable',
      effect: 'narrows',
      clause: 'null is no possible value any more',
      before: { type: ['string', 'null'] },
      after: { type: 'string' },
    },
  ]),
  check: (pair, report) => {
    // Told as a member of the union (compare-unions.ts, type-lists.ts).
    if (isListOfTypes(pair) || ['oneOf', 'anyOf'].some((keyword) => nullMember(pair, keyword) !== undefined)) return
    report(allowsNull(pair.after) && !allowsNull(pair.before) ? 'became-nullable' : 'became-not-nullable')
  },
}
