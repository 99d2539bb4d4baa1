import { z } from 'zod'
import type { BridgekeeperError } from '../../errors/index.ts'

/** Makes the problem once the name of the field is known; schemas do not know where they are used. */
export type Complaint = (field: string) => BridgekeeperError

type Context = {
  addIssue: (issue: { code: 'custom'; message: string; path: (string | number)[]; params: { complaint: Complaint } }) => void
}

/** Reports one complaint from inside a schema, at `path` below the value. The loader turns it into a problem with file, line and column. */
export function complain(context: Context, complaint: Complaint, path: (string | number)[] = []): void {
  context.addIssue({ code: 'custom', message: complaint('this').message, path, params: { complaint } })
}

/** What a kind of value looks like, in words and as an example. Kept beside the schemas, because a description says what a field is for. */
export const expectations = z.registry<{ expected: string; example: string }>()

/** Lists whose items must differ in the given fields (taken together). The loader finds repeats even when an item is broken elsewhere. */
export const distinctFields = z.registry<{ fields: readonly string[]; what: string }>()

/** A list in which no two items have the same `fields`; `what` names an item in the problem. */
export function distinct<Item extends z.ZodType>(item: Item, what: string, ...fields: string[]) {
  return z.array(item).register(distinctFields, { fields, what })
}
