import { type ErrorTableRow, errorTable } from './define-errors.ts'

/** The page docs/errors.md of all errors whose features are imported. Problem details link to its anchors. */
export function printErrors(): string {
  const rows = errorTable()
  const features = [...new Set(rows.map(featureOf))]
  const parts = features.map(
    (feature) =>
      `## ${feature}\n\n${rows
        .filter((row) => featureOf(row) === feature)
        .map(entryOf)
        .join('\n\n')}`,
  )
  return `# Errors

Every error has a code that never changes its meaning. The HTTP API answers it as problem details (RFC 9457) with \`code\`, \`detail\` and \`fix\`; the command line prints message, fix and code. \`{…}\` stands for a value. *Can be repeated* means: the same request can succeed later without anybody changing anything.

Printed from the program by \`npm run docs\`. Do not edit.

${parts.join('\n\n')}
`
}

const featureOf = (row: ErrorTableRow): string => row.code.split('.')[0]!

function entryOf({ code, status, retry, message, fix }: ErrorTableRow): string {
  return `<a id="${code}"></a>\n### ${code}\n\n${status}${retry ? ', can be repeated' : ''}. ${message}\n\n*Fix:* ${fix}`
}
