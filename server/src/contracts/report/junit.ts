import type { Report, ReportEntry, ReportGroup } from './report.ts'
import { placeInFile } from './source-lines.ts'
import { xml } from './xml.ts'

/** One test case per operation or client, in the form that Jenkins, GitLab and GitHub's reporters read; it fails when something there breaks. */
export function junit({ title, about, headline, groups: found }: Report): string {
  // A file without a test case counts as a failed job with most readers.
  const groups: readonly ReportGroup[] = found.length > 0 ? found : [{ name: headline, verdict: 'passed', entries: [] }]
  const count = (verdict: ReportGroup['verdict']) => groups.filter((group) => group.verdict === verdict).length
  const counts = `tests="${groups.length}" failures="${count('failed')}" errors="0" skipped="${count('skipped')}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${xml(title)}" ${counts} time="0">`,
    ...groups.map((group) => `    <testcase classname="${about}" name="${xml(group.name)}" time="0">${bodyOf(group)}</testcase>`),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

function bodyOf({ verdict, entries }: ReportGroup): string {
  const lines = xml(entries.map(lineOf).join('\n'))
  if (verdict === 'skipped') return `<skipped message="${lines}"/>`
  const breaking = entries.filter(({ severity }) => severity === 'error').length
  if (verdict === 'failed') return `<failure type="breaking" message="${breaking} breaking">${lines}</failure>`
  return lines === '' ? '' : `<system-out>${lines}</system-out>`
}

function lineOf({ label, position, message, rule, source }: ReportEntry): string {
  return `${label}: ${position === '' ? '' : `${position}: `}${message} [${rule}]${source ? ` (${placeInFile(source)})` : ''}`
}
