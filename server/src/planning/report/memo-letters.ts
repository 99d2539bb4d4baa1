import type { PlanReport } from '../evaluate-plan.ts'
import { sides } from '../plan-inputs.ts'

// The memo's font has the letters of Europe; others would be empty boxes, which nobody could read.
const strange =
  /(?:[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]|[\u2e80-\u30ff\uff00-\uffef]|\p{Emoji_Presentation})+/gu

const isStrange = (text: string): boolean => text.search(strange) !== -1

/**
 * The report in letters that the memo can print. A company or platform whose name it can't print stands there by its name in the files,
 * which is Latin always; of other texts the strange letters are left out, and the reader is told.
 */
export function inPrintableLetters(report: PlanReport): { report: PlanReport; left: boolean } {
  const { parties, platforms } = report.inputs
  const named = [...parties, ...sides.map((side) => platforms[side])].filter(({ name }) => isStrange(name))
  // Longer names first: one may stand inside another.
  named.sort((x, y) => y.name.length - x.name.length)
  let left = named.length > 0
  const printable = (text: string): string => {
    const known = named.reduce((said, { id, name }) => said.replaceAll(name, id), text)
    if (!isStrange(known)) return known
    left = true
    return known.replace(strange, '[…]')
  }
  return { report: deep(report, printable) as PlanReport, left }
}

function deep(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => deep(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, change)]))
}
