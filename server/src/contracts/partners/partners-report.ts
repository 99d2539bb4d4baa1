import { demandInWords } from '../recordings/replay-impact.ts'
import type { Replay } from '../recordings/replay-recordings.ts'
import { groupOf, type ToldReason } from '../report/clients-report.ts'
import type { Report, ReportEntry, ReportGroup } from '../report/report.ts'
import { inFilesOf } from '../uploaded-document.ts'
import type { PartnersJudgement } from './judge-partners.ts'
import type { PartnerVerdict } from './tell-client.ts'

/** What a provider's CI was answered, as it came over the wire. */
export interface PartnerCheck extends Omit<PartnersJudgement, 'clients'> {
  platform: string
  effectiveOn: string
  inForce: { label: string | null; hash: string; publishedAt: string | null }
  window: { from: string; until: string }
  clients: readonly (Pick<PartnersJudgement['clients'][number], 'client' | 'outcome' | 'verdict' | 'replay'> & {
    reasons: readonly ToldReason[]
  })[]
}

const verdictWords: Record<PartnerVerdict, string> = {
  ok: 'Nobody that is known here would break.',
  lawful: 'Somebody would break, and the agreed notice was given.',
  undetermined: 'Nobody can say yet whom this breaks.',
  'notice owed': 'This would break somebody who is owed notice.',
}

/** @param file the proposed document, as the caller names it */
export function partnersReport(check: PartnerCheck, file: string): Report {
  const groups = [
    ...check.clients.map((client) => clientGroup(client, file)),
    ...countedGroup('clients that are not listed here', 'not listed', check.notListed),
    ...countedGroup('clients that your key may not see', 'withheld', check.withheld),
    ...unusedGroup(check),
  ]
  return {
    title: `Proposed contract of ${check.platform} and its partners`,
    before: `${check.platform} ${check.inForce.label ?? check.inForce.hash.slice(0, 12)}, in force`,
    after: file,
    headline: headline(check),
    about: 'client',
    groups,
    facts: check,
  }
}

function headline({ verdict, clients, notListed, withheld, earliestLawfulOn, effectiveOn, suspicion, replay }: PartnerCheck): string {
  const known = clients.length + (notListed?.clients ?? 0) + (withheld?.clients ?? 0)
  const of = known === 0 ? 'No instance is connected to it here, so nothing is known of who uses it.' : verdictWords[verdict]
  const until =
    earliestLawfulOn === null ? '' : ` It is meant to take effect on ${effectiveOn}; nothing is owed any more from ${earliestLawfulOn}.`
  const proof = verdict === 'ok' && replay.recordedRequests === 0 ? '' : ` ${replay.words}`
  return `${of}${until}${known === 0 ? '' : proof}${suspicion === null ? '' : ` ${suspicion}`}`
}

function clientGroup({ client, outcome, verdict, reasons, replay }: PartnerCheck['clients'][number], file: string): ReportGroup {
  const name = `${client.integration} ${client.customer}/${client.name}`
  const group = groupOf({ client: name, outcome, reasons: inFilesOf(reasons, file) })
  const lawful = verdict === 'lawful'
  return {
    ...group,
    verdict: verdict === 'notice owed' ? 'failed' : verdict === 'undetermined' ? 'skipped' : 'passed',
    summary: outcome === 'break' ? `breaks, ${verdict}` : (group.summary ?? verdict),
    entries: [
      ...group.entries.map((entry) => (lawful && entry.severity === 'error' ? { ...entry, severity: 'warning' as const } : entry)),
      ...unfitEntries(replay),
    ],
  }
}

/** What the platform really sends and the proposed version would not allow: the document is wrong, or the platform will change. */
function unfitEntries(replay: Replay | null): ReportEntry[] {
  return (replay?.refusals ?? [])
    .filter(({ direction }) => direction === 'answer')
    .map((refusal) => {
      const place = refusal.surface === 'webhook' ? `webhook ${refusal.path}` : `${refusal.method} ${refusal.path}`
      const position = [place, refusal.field].filter((part) => part !== '').join(', ')
      return note(
        'note',
        'replayed',
        'recorded-answer-unfit',
        position,
        `The platform sends what this does not allow: ${demandInWords(refusal)}.`,
      )
    })
}

function countedGroup(name: string, label: string, counts: PartnerCheck['withheld']): ReportGroup[] {
  if (counts === null || counts.clients === 0) return []
  const { clients, ok, lawful, undetermined, 'notice owed': owed } = counts
  const message = `${clients} more: ${owed} would break and notice is owed, ${lawful} would break lawfully, ${undetermined} undetermined, ${ok} not touched.`
  const severity = owed > 0 ? 'error' : undetermined + lawful > 0 ? 'warning' : 'note'
  const verdict = owed > 0 ? 'failed' : undetermined > 0 ? 'skipped' : 'passed'
  return [{ name, verdict, entries: [note(severity, label, `clients-${label.replace(' ', '-')}`, '', message)] }]
}

function unusedGroup({ unused }: PartnerCheck): ReportGroup[] {
  if (unused.length === 0) return []
  const entries = unused.slice(0, 100).map(({ place, position, rule, message, clients, calls, deliveries, from, until, unknown }) => {
    const seen = `${clients} ${clients === 1 ? 'client' : 'clients'} with ${calls} calls and ${deliveries} deliveries from ${from} to ${until}`
    const rest = unknown > 0 ? `; of ${unknown} more too little was seen` : ''
    return note(
      'note',
      'unused',
      rule,
      [place, position].filter((part) => part !== '').join(', '),
      `${message} None of ${seen} uses it${rest}.`,
    )
  })
  return [{ name: 'changed, and used by nobody that you may see', verdict: 'passed', entries }]
}

function note(severity: ReportEntry['severity'], label: string, rule: string, position: string, message: string): ReportEntry {
  return { severity, label, rule, position, message, source: undefined, identity: `${rule} ${position}` }
}
