import { z } from 'zod'

type Judge<Value> = (value: Value, context: z.core.$RefinementCtx) => void
interface Issue {
  code?: string | undefined
  path?: PropertyKey[] | undefined
}

/**
 * A rule over several parts of a group or a list: `z.strictObject({ … }).check(rule(['start', 'end'], judge))`. It speaks as soon as
 * the parts that it reads are right by themselves, whatever is wrong beside them: readers learn all problems at once.
 *
 * @param reads what `judge` uses: fields, `*` for each item (`pushes.*.to`), a trailing `[]` for a list whose items may be broken
 *              (`parties[]`), and nothing for what is only asked whether it is there. Anything else may have any value.
 */
export function rule<Value>(reads: readonly string[], judge: Judge<Value>): z.core.$ZodCheck<Value> {
  const needs = ['', ...reads].map((read) => ({ steps: read.replace('[]', '').split('.').filter(Boolean), itself: /^$|\[\]$/.test(read) }))
  return z.superRefine<Value>(judge, {
    when: ({ issues }) => issues.every((issue) => !needs.some((need) => isHeldBack(need, issue as Issue))),
  })
}

/** A part is in order when it has the right type, and unless only its type counts, when nothing in it is complained about. */
function isHeldBack({ steps, itself }: { steps: readonly string[]; itself: boolean }, { code, path = [] }: Issue): boolean {
  const related = steps.slice(0, path.length).every((step, depth) => step === '*' || step === String(path[depth]))
  if (!related) return false
  if (path.length > steps.length || (path.length === steps.length && !itself)) return !itself
  return code === 'invalid_type' || code === 'invalid_union' || code === 'invalid_key'
}
