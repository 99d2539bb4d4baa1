import type { ReadinessReport } from './readiness-report.ts'

const colours = { green: '#2e7d32', amber: '#b26a00', red: '#c62828', grey: '#5f6368' } as const

interface BadgeWords {
  text: string
  colour: keyof typeof colours
}

/**
 * What a badge may say. Green only when every check of the stage is met and both ends are held; grey when the only thing
 * against it is that nobody has looked. No state is green by default.
 */
export function badgeWords({ stage, stay, oneSided }: ReadinessReport): BadgeWords {
  const text = `${stage} ${stay.met}/${stay.asked}`
  if (oneSided) return { text: `${text} · one-sided`, colour: 'red' }
  if (stay.asked === 0) return { text: `${stage} · nothing checked`, colour: 'grey' }
  if (stay.open) return { text, colour: 'green' }
  if (stay.blockers.some((blocker) => blocker.critical && blocker.status === 'failed')) return { text, colour: 'red' }
  return { text, colour: stay.blockers.every((blocker) => blocker.status === 'insufficient-data') ? 'grey' : 'amber' }
}

const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)

/** An SVG badge for a README or a catalogue; text widths are estimated for the common 11 px sans-serif fonts. */
export function readinessBadge(report: ReadinessReport): string {
  const { text, colour } = badgeWords(report)
  const [left, right] = ['readiness', text].map((words) => Math.round(words.length * 6.6 + 12)) as [number, number]
  const label = `readiness of ${report.title}: ${text}`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${escapeXml(label)}">
<title>${escapeXml(label)}</title>
<rect rx="3" width="${left + right}" height="20" fill="#3c4043"/>
<path d="M${left} 0h${right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-${right - 3}z" fill="${colours[colour]}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="${left / 2}" y="14">readiness</text>
<text x="${left + right / 2}" y="14">${escapeXml(text)}</text>
</g>
</svg>
`
}
