import { escapeText } from './scene.ts'

/** HTML that is safe to join; made only by `html`. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | readonly Html[] | undefined

/** Joins literal HTML with values. Every plain value is escaped, so text from a plan file can never become markup. */
export function html(literals: TemplateStringsArray, ...values: readonly Part[]): Html {
  return { html: literals.reduce((text, literal, index) => text + literal + (index < values.length ? partToText(values[index]) : ''), '') }
}

/** Marks markup made elsewhere (an SVG, a style sheet) as safe. */
export const trusted = (markup: string): Html => ({ html: markup })

function partToText(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part))
  return 'html' in part ? part.html : part.map((item) => item.html).join('')
}
