import type { Report, ReportEntry } from './report.ts'
import { placeInFile } from './source-lines.ts'

/** For a comment on a pull request. */
export function markdown({ title, before, after, headline, groups }: Report): string {
  const sections = groups.map(({ name, summary, entries }) => {
    const head = `### ${cell(summary ? `${name}: ${summary}` : name)}`
    return entries.length === 0
      ? head
      : `${head}\n\n| | where | what | rule | line |\n|---|---|---|---|---|\n${entries.map(rowOf).join('\n')}`
  })
  return [`## ${title}\n\n${cell(before)} → ${cell(after)}: **${headline}**`, ...sections].join('\n\n')
}

function rowOf({ label, position, message, rule, source }: ReportEntry): string {
  return `| ${label} | ${cell(position) || '–'} | ${cell(message)} | \`${rule}\` | ${source ? cell(placeInFile(source)) : '–'} |`
}

/** Markdown and HTML of a partner's document must not become ours: no markup, no mention of anybody, no link. */
function cell(value: string): string {
  return (
    value
      .replace(/[\\|<>`*_[\]@#&~!]/g, (character) => entities[character] ?? `\\${character}`)
      .replace(/\b(https?|www)(?=[:.])/gi, (word) => `${word.slice(0, 1)}\u2060${word.slice(1)}`)
      // GitHub looks for people and numbers of issues in what was rendered: a character by its number is that character there.
      .replace(/&#64;(?=\w)|&#35;(?=\d)|\bGH-(?=\d)/gi, '$&\u2060')
      .replace(/\s+/g, ' ')
  )
}

const entities: Record<string, string> = { '<': '&lt;', '>': '&gt;', '@': '&#64;', '#': '&#35;', '&': '&amp;' }
