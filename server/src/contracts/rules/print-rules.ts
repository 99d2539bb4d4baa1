import type { Json } from '../json.ts'
import { contractRules } from './table.ts'

/**
 * The rule table as a page for people: docs/contract-rules.md.
 *
 * A test compares the page with this, and fires every rule from its example.
 */
export function printRules(): string {
  const families = new Map<string, string[]>()
  for (const rule of contractRules.values()) {
    const row = `| \`${rule.id}\` | ${rule.level} | ${rule.direction} | ${rule.meaning.replaceAll('|', '\\|')} | ${shown(rule.example.before)} → ${shown(rule.example.after)} |`
    families.set(rule.family, [...(families.get(rule.family) ?? []), row])
  }
  const sections = [...families].map(
    ([family, rows]) => `## ${family}\n\n| id | level | direction | what it means | example |\n|---|---|---|---|---|\n${rows.join('\n')}\n`,
  )
  return `${intro}\n${sections.join('\n')}`
}

const intro = `# Contract rules

Printed from the rule table; change it there and run \`npm run contract-rules\`. ${contractRules.size} rules.

\`ERR\` breaks a correct client or server, \`WARN\` may break one, \`INFO\` is a change to know about. A finding has its rule's
level unless it says why not: a value that another branch of a union takes is INFO, as is whatever changes in a read-only
property of a request, and a branch, a part or a wrapping that is shown to refuse no value that was accepted and to bring
readers none that they did not know: an alarm there sends engineers to look for a break that is not there, and the next
alarm is read with less care. Direction \`request\` is what clients send, \`response\` what they read; webhooks and callbacks are
sent by the provider and judged like answers. Ids are those of oasdiff where the meaning is the same.
`

function shown(value: Json): string {
  const text = JSON.stringify(value)
  return `\`${(text.length > 220 ? `${text.slice(0, 217)}…` : text).replaceAll('|', '\\|')}\``
}
