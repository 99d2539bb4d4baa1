import type { Finding } from '../finding.ts'
import type { Change } from '../impact/judge-impact.ts'
import { describeFinding, placeOf, positionOf } from '../report/describe-finding.ts'
import type { JudgedClient } from '../usage/impact-report.ts'

/** Something that a change touches and nobody was seen to use, with how much was seen. It proves nothing about clients without traffic. */
export interface Unused {
  place: string
  position: string
  rule: string
  message: string
  /** Clients of which enough was seen to count, and their calls and deliveries in the window. */
  clients: number
  calls: number
  deliveries: number
  from: string
  until: string
  /** Clients of which too little was seen. */
  unknown: number
}

/** What could break somebody, and touches none of these clients. Empty when of no client enough was seen. @param proven by recordings to touch one */
export function negativeEvidence(change: Change, judged: readonly JudgedClient[], proven: (finding: Finding) => boolean): Unused[] {
  const seen = judged.flatMap(({ observed }) => (observed?.state === 'observed' ? [observed] : []))
  if (seen.length === 0) return []
  const touched = new Set(judged.flatMap(({ impact }) => impact?.reasons.flatMap(({ finding }) => finding ?? []) ?? []))
  const sum = (of: 'calls' | 'deliveries') => seen.reduce((total, usage) => total + usage[of], 0)
  const amount = {
    clients: seen.length,
    calls: sum('calls'),
    deliveries: sum('deliveries'),
    from: seen[0]!.window.from,
    until: seen[0]!.window.until,
    unknown: judged.length - seen.length,
  }
  return change.findings
    .filter((finding) => bad(finding) && !touched.has(finding) && !proven(finding))
    .map((finding) => ({ ...factsOf(finding), ...amount }))
}

const bad = (finding: Finding): boolean => finding.level === 'ERR' || /removed/.test(finding.rule)

function factsOf(finding: Finding) {
  return { place: placeOf(finding), position: positionOf(finding), rule: finding.rule, message: describeFinding(finding) }
}
