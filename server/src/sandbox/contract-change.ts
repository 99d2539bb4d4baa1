import { z } from 'zod'

/**
 * A change of the partner's contract, played on the answers. `field` names a field of each record (`status`,
 * `requester.email`); records in lists count one by one. With a leading slash it is a JSON pointer into the whole answer,
 * where `*` stands for every element.
 */
export const contractChange = z.discriminatedUnion('change', [
  z.object({ change: z.literal('remove-field'), field: z.string().min(1) }),
  z.object({ change: z.literal('rename-field'), field: z.string().min(1), to: z.string().min(1) }),
  z.object({
    change: z.literal('change-type'),
    field: z.string().min(1),
    to: z.enum(['string', 'number', 'boolean', 'object', 'array', 'null']),
  }),
  z.object({ change: z.literal('add-enum-value'), field: z.string().min(1), to: z.string() }),
  z.object({ change: z.literal('remove-enum-value'), field: z.string().min(1), value: z.string(), to: z.string().optional() }),
])
export type ContractChange = z.infer<typeof contractChange>

type Box = Record<string, unknown>

/** The answer as the changed platform would give it. The value that came in is not touched. */
export function applyChange(change: ContractChange, answer: unknown): unknown {
  if (change.field.startsWith('/')) return changeAt(answer, change.field.slice(1).split('/').map(unescapePart), change)
  return eachRecord(answer, (record) => changeAt(record, change.field.split('.'), change))
}

/** A part of a JSON pointer (RFC 6901) as the name that it stands for. */
export const unescapePart = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** The answer itself when it is a record, else the elements of a list, plain or in an envelope. */
function eachRecord(answer: unknown, change: (record: unknown) => unknown): unknown {
  if (Array.isArray(answer)) return answer.map(change)
  if (!isBox(answer)) return answer
  const changed = change(answer)
  if (changed !== answer) return changed
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      isRecordList(value) || (isBox(value) && Object.keys(answer).length <= 3) ? eachRecord(value, change) : value,
    ]),
  )
}

const isBox = (value: unknown): value is Box => typeof value === 'object' && value !== null && !Array.isArray(value)
const isRecordList = (value: unknown): value is Box[] => Array.isArray(value) && value.length > 0 && value.every(isBox)

function changeAt(value: unknown, path: string[], change: ContractChange): unknown {
  const [name, ...rest] = path
  if (name === undefined || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each, i) => (name === '*' || name === String(i) ? changeAt(each, rest, change) : each))
  if (name === '*') return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changeAt(each, rest, change)]))
  const box = value as Box
  if (!(name in box)) return value
  if (rest.length === 0) return changeField(box, name, change)
  const inner = changeAt(box[name], rest, change)
  return inner === box[name] ? box : { ...box, [name]: inner }
}

function changeField(box: Box, name: string, change: ContractChange): Box {
  const { [name]: old, ...others } = box
  switch (change.change) {
    case 'remove-field':
      return others
    case 'rename-field':
      return { ...others, [change.to]: old }
    case 'change-type':
      return { ...box, [name]: asType(old, change.to) }
    case 'add-enum-value':
      return { ...box, [name]: change.to }
    case 'remove-enum-value':
      return old === change.value ? { ...box, [name]: change.to ?? null } : box
  }
}

function asType(value: unknown, type: string): unknown {
  if (type === 'string') return typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (type === 'number') return Number(value) || 1
  if (type === 'boolean') return Boolean(value)
  if (type === 'array') return [value]
  return type === 'null' ? null : { value }
}

/** Whether a request sends a value that the changed platform no longer takes. */
export function sendsRemovedValue(change: ContractChange, body: unknown): boolean {
  if (change.change !== 'remove-enum-value' || !isBox(body)) return false
  const found = change.field
    .split(/[./]/)
    .filter(Boolean)
    .reduce<unknown>((value, name) => (isBox(value) ? value[name] : undefined), body)
  return found === change.value
}
