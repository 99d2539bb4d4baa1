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

/** Finds out what could break somebody, and touches none of these clients. Nothing when of no client enough was seen. */
export function negativeEvidence(change: Change) {
  const touched = new Set<Finding>()
  const amount = { clients: 0, calls: 0, deliveries: 0, unknown: 0 }
  let window: { from: string; until: string } | undefined
  return {
    /** @param proven whether a recording shows that one of them is touched */
    add(judged: readonly JudgedClient[], proven: (finding: Finding) => boolean): void {
      for (const { observed, impact } of judged) {
        for (const { finding } of impact?.reasons ?? []) if (finding) touched.add(finding)
        if (observed?.state !== 'observed') {
          amount.unknown += 1
          continue
        }
        window ??= observed.window
        amount.clients += 1
        amount.calls += observed.calls
        amount.deliveries += observed.deliveries
      }
      for (const finding of change.findings) if (bad(finding) && !touched.has(finding) && proven(finding)) touched.add(finding)
    },
    unused(): Unused[] {
      if (!window) return []
      const seen = { ...amount, from: window.from, until: window.until }
      return change.findings.filter((finding) => bad(finding) && !touched.has(finding)).map((finding) => ({ ...factsOf(finding), ...seen }))
    },
  }
}

const bad = (finding: Finding): boolean => finding.level === 'ERR' || /removed/.test(finding.rule)

function factsOf(finding: Finding) {
  return { place: placeOf(finding), position: positionOf(finding), rule: finding.rule, message: describeFinding(finding) }
}
