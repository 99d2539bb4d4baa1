import { isMap, isSeq, type Node, parseAllDocuments, stringify, type YAMLMap, type YAMLSeq } from 'yaml'
import type { WrittenLevel } from './openslo.ts'

/**
 * Puts service levels into the text of an integration's file; not a character of what is there changes. A name that is there is left alone.
 *
 * @returns the new text, and the names that were there already
 */
export function addServiceLevels(text: string, integration: string, levels: readonly WrittenLevel[]): { text: string; present: string[] } {
  const documents = parseAllDocuments(text)
  const parsed = Array.isArray(documents) ? documents : []
  const document = parsed.find(
    (candidate) => candidate.get('kind') === 'Integration' && candidate.getIn(['metadata', 'name']) === integration,
  )
  const spec = document?.get('spec')
  if (!isMap(spec)) return { text, present: [] }
  const list = spec.get('serviceLevels')
  const names = new Set(isSeq(list) ? list.items.flatMap((item) => (isMap(item) ? [String(item.get('name'))] : [])) : [])
  const fresh = levels.filter(({ name }) => !names.has(name))
  const present = levels.filter(({ name }) => names.has(name)).map(({ name }) => name)
  if (fresh.length === 0) return { text, present }
  return { text: isSeq(list) && list.items.length > 0 ? extendList(text, list, fresh) : addList(text, spec, fresh), present }
}

const written = (level: WrittenLevel): string => stringify(level, { lineWidth: 0, collectionStyle: 'flow' }).trim()

function extendList(text: string, list: YAMLSeq, levels: readonly WrittenLevel[]): string {
  const last = list.items.at(-1) as Node
  const end = last.range![1]
  if (list.flow) return `${text.slice(0, end)}${levels.map((level) => `, ${written(level)}`).join('')}${text.slice(end)}`
  return insertLines(
    text,
    end,
    levels.map((level) => `${indentOf(text, list.range![0])}- ${written(level)}`),
  )
}

function addList(text: string, spec: YAMLMap, levels: readonly WrittenLevel[]): string {
  const empty = spec.items.find(({ key }) => String(key) === 'serviceLevels')
  const range = (empty?.value as Node | null | undefined)?.range
  const flow = `[${levels.map(written).join(', ')}]`
  if (range) return `${text.slice(0, range[0])}${range[1] > range[0] ? '' : ' '}${flow}${text.slice(range[1])}`
  if (spec.flow) return `${text.slice(0, spec.range![1] - 1).trimEnd()}, serviceLevels: ${flow} }${text.slice(spec.range![1])}`
  const indent = indentOf(text, spec.range![0])
  return insertLines(text, spec.range![1], [`${indent}serviceLevels:`, ...levels.map((level) => `${indent}  - ${written(level)}`)])
}

/** The blanks before the first item or key of a block. */
function indentOf(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).replace(/\S/g, ' ')
}

/** Behind the line on which `offset` stands, so that a comment at its end stays where it is. */
function insertLines(text: string, offset: number, lines: readonly string[]): string {
  // The end of a block is the start of the line after it.
  const lineEnd = text[offset - 1] === '\n' ? offset - 1 : text.indexOf('\n', offset)
  const at = lineEnd === -1 ? text.length : lineEnd
  return `${text.slice(0, at)}\n${lines.join('\n')}${text.slice(at)}`
}
