import type { Finding } from '../finding.ts'
import { operationKey } from '../operations.ts'
import { reasonOf } from '../recordings/replay-impact.ts'
import type { Refusal, Replay } from '../recordings/replay-recordings.ts'
import type { OwedNotice } from './judge-notice-owed.ts'
import type { PartnerReason } from './tell-client.ts'

/**
 * What the recordings of one client prove: a request that was accepted and would be refused breaks it, whatever the rules say.
 *
 * @param found what the rules say, with the notice of each: what they found already owes no second one
 * @param judge the notice that is owed for what they did not find
 */
export function replayedReasons(
  replay: Replay,
  found: readonly { finding: Finding | undefined; told: PartnerReason }[],
  judge: (refusal: Refusal) => OwedNotice,
): PartnerReason[] {
  return replay.refusals
    .filter(({ direction }) => direction === 'request')
    .map((refusal) => {
      const same = found.find(({ finding, told }) => told.notice !== null && finding && isAbout(refusal, finding))
      const { usedSince = null, notice = judge(refusal) } = same?.told ?? {}
      return { ...reasonOf(refusal), usedSince, lastSeenAt: refusal.lastAt, notice }
    })
}

/** Whether a request is refused for what a finding says. */
export function isAbout({ surface, method, path, field, keyword }: Refusal, finding: Finding): boolean {
  if (finding.surface !== surface || finding.path === null || finding.method === null) return false
  if (operationKey({ method, path }) !== operationKey({ method: finding.method, path: finding.path })) return false
  return keyword === 'operation' || (finding.parameter ?? finding.field) === field
}
