import { type Command, Option } from 'commander'
import { type NoticeSummary, noticesReport, type ToldNotice } from '../contracts/index.ts'
import { connectApi, queryOf } from './api-client.ts'
import { deliverReport, type ReportOptions, reportOptions } from './deliver-report.ts'
import type { Io } from './io.ts'

interface NoticeRow extends ToldNotice {
  dates: { effectiveOn: string | null }[]
}

const none = 'No change is announced or found.'

export function registerNotices(contracts: Command, io: Io): void {
  const notices = contracts
    .command('notices')
    .summary('list announced and found changes, and whether their notice was given in time')
    .description(
      `Every change that was announced or found, when it takes effect, whether its notice was in time by each agreement, and whose answer is
owed. What was announced before anybody looked, and is used by nobody as far as was seen, is counted only (--standing lists it, too). Changes move by themselves: reminders come 90, 30, 14, 7 and 1 days before, and who does not answer within the business days of the
agreement (10 by default) is called level by level. What you were told is listed by: bridgekeeper notifications list

Examples:
  bridgekeeper contracts notices
  bridgekeeper contracts notices helpdesk --json
  bridgekeeper contracts notices helpdesk --format html --output notices.html`,
    )
    .argument('[platform]')
    .option('--standing', 'also list what was announced before anybody looked')
  reportOptions(notices).action(async (platform: string | undefined, options: ReportOptions & { standing?: true }) => {
    const api = await connectApi(io)
    const query = queryOf({ platform, ...(options.standing ? { standing: 'true' } : {}) })
    const answer = await api.get<{ notices: NoticeRow[]; standing?: number; summary: NoticeSummary }>(`/contract-notices${query}`)
    const more = options.standing ? '' : leftOutInWords(answer.standing ?? 0)
    if (io.json || options.format !== 'text' || options.output !== undefined)
      return deliverReport(
        io,
        options,
        noticesReport(answer.notices, `${answer.notices.length === 0 ? none : inWords(answer.summary)}${more}`, answer),
      )
    io.printTable(
      answer.notices,
      [
        { title: 'ID', value: (row) => row.id },
        { title: 'EFFECTIVE', value: effectiveOf },
        { title: 'STATE', value: (row) => row.state },
        { title: 'WHERE', value: (row) => `${row.platform} ${row.place}`, maxWidth: 60 },
        { title: 'WHAT', value: (row) => valuesFirst(row.words), maxWidth: 80 },
        { title: 'NOTICE', value: (row) => row.judged.map(({ integration, verdict }) => `${integration}: ${verdict}`).join('; ') },
        { title: 'ANSWERS', value: (row) => row.answers.map(({ person, answer }) => `${person} ${answer}`).join('; ') || null },
        { title: 'WAITING FOR', value: (row) => row.waitingFor.join(', ') || null },
      ],
      none,
    )
    if (answer.notices.length > 0) io.print(`\n${inWords(answer.summary)}`)
    if (more !== '') io.note(more.trim())
  })
}

function leftOutInWords(count: number): string {
  if (count === 0) return ''
  const [ends, them] = count === 1 ? ['end was', 'it'] : ['ends were', 'them']
  return ` ${count} more ${ends} announced before anybody looked, and nobody was seen to use ${them}: --standing.`
}

/** Two values that left the same list are two notices: what differs must not be cut off. */
function valuesFirst(words: string): string {
  const found = /^(.*) \(([^()]* → [^()]*)\)\.(.*)$/s.exec(words)
  return found ? `${found[2]}: ${found[1]}.${found[3]}` : words
}

/** A date that slipped shows where it came from. */
function effectiveOf({ effectiveOn, dates }: NoticeRow): string | null {
  const before = dates.at(-2)?.effectiveOn
  return before && before !== effectiveOn ? `${effectiveOn ?? 'undated'} (was ${before})` : effectiveOn
}

function inWords({ onTime, late, latestByDays, silent, undated, withoutAgreement, waitingFor }: NoticeSummary): string {
  const days = latestByDays === null ? '' : ` (by up to ${latestByDays} ${latestByDays === 1 ? 'day' : 'days'})`
  const counts = `${onTime} on time, ${late} late${days}, ${silent} silent, ${undated} undated, ${withoutAgreement} without an agreement.`
  const owed = waitingFor.map(({ organization, notices }) => `${organization} (${notices})`).join(', ')
  return `${counts} ${owed === '' ? 'Nobody owes an answer.' : `Waiting for ${owed}.`}`
}

export function registerAck(contracts: Command, io: Io): void {
  const ack = contracts
    .command('ack')
    .summary('answer a notice in a person’s name')
    .description(
      `Who acknowledges has read it; who objects says why; who consents lets it come sooner than the agreement allows. Both sides see the answer.

Examples:
  bridgekeeper contracts ack <notice id> --by acme/ada
  bridgekeeper contracts ack <notice id> --by acme/ada --answer objected --note "We need until June."
  bridgekeeper contracts ack <notice id> --by acme/ada --format markdown`,
    )
    .argument('<notice>', 'its id')
    .requiredOption('--by <person>', 'organization/name')
    .addOption(new Option('--answer <answer>').choices(['acknowledged', 'objected', 'consented']).default('acknowledged'))
    .option('--note <text>', 'the reason; asked for with an objection')
  reportOptions(ack).action(async (notice: string, options: ReportOptions & { by: string; answer: string; note?: string }) => {
    const api = await connectApi(io)
    const answer = await api.post(`/contract-notices/${encodeURIComponent(notice)}/answers`, {
      by: options.by,
      answer: options.answer,
      note: options.note ?? null,
    })
    if (io.json) return io.printJson(answer)
    const words = `${options.by} ${options.answer}${options.answer === 'acknowledged' ? '' : ' to'} notice ${notice}.`
    if (options.format === 'text' && options.output === undefined) return io.print(words)
    const { notices } = await api.get<{ notices: NoticeRow[] }>('/contract-notices')
    const answered = notices.filter(({ id }) => id === notice)
    await deliverReport(io, options, noticesReport(answered, words, answer))
  })
}
