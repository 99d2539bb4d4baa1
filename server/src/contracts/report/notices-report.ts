import type { Report, ReportEntry } from './report.ts'

/** A notice as it came over the wire. */
export interface ToldNotice {
  id: string
  platform: string
  rule: string
  place: string
  words: string
  state: string
  effectiveOn: string | null
  judged: readonly { integration: string; verdict: string }[]
  answers: readonly { person: string; answer: string }[]
  waitingFor: readonly string[]
}

/** Announced and found changes by platform. What was silent or late is bad news for whoever was to give notice. */
export function noticesReport(notices: readonly ToldNotice[], headline: string, facts: unknown): Report {
  return {
    title: 'Notices of contract changes',
    before: 'what was promised',
    after: 'what was told',
    headline,
    about: 'contract',
    groups: [...Map.groupBy(notices, ({ platform }) => platform)].map(([platform, own]) => {
      const entries = own.map(entryOf)
      const failed = entries.some(({ severity }) => severity === 'error')
      return { name: platform, verdict: failed ? ('failed' as const) : ('passed' as const), entries }
    }),
    facts,
  }
}

function entryOf({ id, rule, place, words, state, effectiveOn, judged, answers, waitingFor }: ToldNotice): ReportEntry {
  const verdicts = judged.map(({ integration, verdict }) => `${integration}: ${verdict}`)
  const over = state === 'withdrawn' || state === 'standing'
  const is = (pattern: RegExp): boolean => !over && judged.some(({ verdict }) => pattern.test(verdict))
  const severity = is(/^(silent|late)/) ? 'error' : is(/^undated/) ? 'warning' : 'note'
  const message = [
    words.replace(/\.$/, ''),
    `${state}${effectiveOn === null ? ', no day is given' : ` ${state === 'effective' ? 'since' : 'for'} ${effectiveOn}`}`,
    ...(verdicts.length > 0 ? [verdicts.join(', ')] : []),
    ...(answers.length > 0 ? [answers.map(({ person, answer }) => `${person} ${answer}`).join(', ')] : []),
    ...(waitingFor.length > 0 ? [`waiting for ${waitingFor.join(', ')}`] : []),
  ].join('; ')
  const label = severity === 'error' ? (is(/^silent/) ? 'silent' : 'late') : severity === 'warning' ? 'undated' : over ? state : 'told'
  return { severity, label, rule, position: place, message: `${message}. (${id})`, source: undefined, identity: id }
}
