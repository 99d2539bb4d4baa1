import type { Day } from '../../agreements/index.ts'
import type { Finding } from '../finding.ts'
import { suspectPublication } from '../impact/publication.ts'
import { keepWorst } from '../keep-worst.ts'
import type { RecordingRow } from '../recordings/queries.ts'
import { type ReplayedClient, type ReplaySummary, summarizeReplays } from '../recordings/replay-impact.ts'
import { replayRecordings } from '../recordings/replay-recordings.ts'
import { type LineFinder, lineFinder } from '../report/source-lines.ts'
import { type Client, type JudgedClient, judgeClients } from '../usage/impact-report.ts'
import type { UseSpan } from '../usage/queries.ts'
import type { ObservedUsage } from '../usage/usage-of.ts'
import { negativeEvidence, type Unused } from './negative-evidence.ts'
import { isAbout } from './replayed-reasons.ts'
import {
  type PartnerClient,
  type PartnerImpact,
  type PartnersQuestion,
  type PartnerVerdict,
  partnerVerdicts,
  tellClient,
} from './tell-client.ts'

type Counts = { clients: number } & Record<PartnerVerdict, number>

export interface PartnersJudgement {
  /** The worst of all clients, also of those that are only counted. */
  verdict: PartnerVerdict
  /** First day on which nothing is owed to any client that the caller may see; null: nothing is owed to them. */
  earliestLawfulOn: Day | null
  /** At most {@link maxListed}: then the worst first. */
  clients: readonly PartnerImpact[]
  /** Clients that the caller may see and that are not in the list, by verdict; null: all are in it. */
  notListed: Counts | null
  /** Of integrations that the caller may not see: how many, by verdict, and nothing else. null: the caller is not told. */
  withheld: Counts | null
  /** What the change touches, and none of the clients that the caller may see was seen to use. */
  unused: readonly Unused[]
  /** What the recorded exchanges of these clients prove together. */
  replay: ReplaySummary
  /** Set when the document looks like a mistake of publishing. */
  suspicion: string | null
}

/** Some clients, with what is known of them. */
export interface PartnersPage {
  clients: readonly PartnerClient[]
  used: readonly ObservedUsage[]
  spans: readonly UseSpan[]
  recordings: readonly RecordingRow[]
}

export const maxListed = 1_000

/**
 * Answers a provider: whom would this version break, since when do they use it, and which notice is owed to whom. Clients come page by page;
 * what is kept of each is bounded.
 *
 * @param mayCount whether the caller is told how many clients there are that it may not see
 */
export function createPartnersJudge(question: PartnersQuestion, mayCount: boolean) {
  const { change } = question
  const linesOf = lineFinder(change.after)
  const listed = keepWorst<PartnerImpact>(maxListed, ({ verdict }) => partnerVerdicts.indexOf(verdict))
  const [seen, hidden] = [noneYet(), noneYet()]
  const replays: ReplayedClient[] = []
  const evidence = negativeEvidence(change)
  let earliestLawfulOn: Day | null = null

  const judge = ({ clients, used }: PartnersPage): JudgedClient[] => judgeClients(change, clients.map(bareClient), used, { vouched: true })
  const teller = ({ clients, spans, recordings }: PartnersPage) => {
    const parties = new Map(clients.map((client) => [client.instanceId, client]))
    const proofs = replayRecordings(change, recordings)
    return (judged: JudgedClient, lines: Awaited<ReturnType<LineFinder>>): PartnerImpact => {
      const { instanceId } = judged.client
      return tellClient(judged, parties.get(instanceId)!, proofs.get(instanceId) ?? null, question, spans, lines)
    }
  }
  return {
    /** Clients that the caller may see. */
    async name(page: PartnersPage): Promise<void> {
      const judged = judge(page)
      const lines = await linesOf(judged.flatMap(findingsOf))
      const tell = teller(page)
      const told = judged.map((client) => tell(client, lines))
      const refused = told.flatMap(({ replay }) => replay?.refusals ?? [])
      evidence.add(judged, (finding) => refused.some((refusal) => isAbout(refusal, finding)))
      count(seen, told)
      for (const { client, replay, reasons } of told) {
        if (replay) replays.push({ client, replay: { ...replay, refusals: replay.refusals.slice(0, 1) } })
        for (const { notice } of reasons)
          if (notice?.state === 'owed' && (earliestLawfulOn === null || notice.earliestLawfulOn > earliestLawfulOn))
            earliestLawfulOn = notice.earliestLawfulOn
      }
      listed.add(told)
    },
    /** Clients that the caller may only be told the number of. */
    count(page: PartnersPage): void {
      const tell = teller(page)
      count(
        hidden,
        judge(page).map((client) => tell(client, new Map())),
      )
    },
    judgement(): PartnersJudgement {
      const clients = listed.kept()
      const notListed = { ...seen }
      for (const { verdict } of clients) notListed[verdict] -= 1
      notListed.clients -= clients.length
      return {
        verdict: partnerVerdicts.findLast((verdict) => seen[verdict] + hidden[verdict] > 0) ?? 'ok',
        earliestLawfulOn,
        clients,
        notListed: notListed.clients > 0 ? notListed : null,
        withheld: mayCount ? hidden : null,
        unused: evidence.unused(),
        replay: summarizeReplays(replays),
        suspicion: suspectPublication(change.before, change.after)?.words ?? null,
      }
    },
  }
}

const findingsOf = ({ impact }: JudgedClient): Finding[] => impact?.reasons.flatMap(({ finding }) => finding ?? []) ?? []

const bareClient = ({ instanceId, name, integration, customer, terms }: PartnerClient): Client => ({
  instanceId,
  name,
  integration,
  customer,
  terms,
})

const noneYet = (): Counts => ({ clients: 0, ok: 0, lawful: 0, undetermined: 0, 'notice owed': 0 })

function count(counts: Counts, told: readonly PartnerImpact[]): void {
  counts.clients += told.length
  for (const { verdict } of told) counts[verdict] += 1
}
