import type { Day } from '../agreements/index.ts'
import type { Money, Stage } from '../workspace/index.ts'

/**
 * What the running system knows about one integration. Every list may be absent, and absent means *nobody has looked*:
 * a check then answers `insufficient-data`. An empty list means *looked, and there is none*.
 */
export interface IntegrationFacts {
  /** Every operation that the flows call, also those that never ran. */
  operations?: readonly OperationFact[]
  /** All runs of the last 28 days. */
  runs?: { succeeded: number; failed: number }
  deliveries?: readonly DeliveryFact[]
  sandboxes?: readonly { platform: string; usedOn?: Day }[]
  /** Changes of the last 365 days, judged against the agreement's notice periods. */
  notices?: readonly NoticeFact[]
  /** Organizations whose platforms' contracts somebody has watched for 90 days without a break. */
  watchedSides?: readonly string[]
  instances?: readonly InstanceFact[]
  drills?: readonly DrillFact[]
  canaries?: readonly CanaryFact[]
  serviceLevels?: readonly ServiceLevelFact[]
  links?: readonly LinkFact[]
  attestations?: readonly AttestationFact[]
  waiverSignatures?: readonly WaiverSignatureFact[]
  gapReviews?: readonly { gap: string; reviewedOn: Day; nextReviewOn: Day }[]
  /** The stage that the gates have let it into; absent while nobody has admitted it to any. */
  admission?: AdmissionFact
}

export interface OperationFact {
  platform: string
  /** `POST /tickets` */
  operation: string
  succeeded: number
  lastSucceededOn?: Day
}

export interface DeliveryFact {
  platform: string
  /** Of the last 30 days. */
  verified: number
  refused: number
}

export interface NoticeFact {
  /** Who changed something. */
  party: string
  title: string
  /** The day on which the change took effect, or will. */
  on: Day
  verdict: 'on-time' | 'late' | 'silent'
  lateByDays?: number
}

export interface InstanceFact {
  id: string
  customer: string
  paying: boolean
  /** Belongs to one of the sides: counts as no customer when somebody asks whether customers use it. Absent: nobody has told. */
  affiliated?: boolean
  active: boolean
  lastActiveOn?: Day
  /** What this customer pays for, or because of, the integration. */
  revenuePerYear?: Money
  /** Last day of what the customer has paid or signed for. */
  termEndsOn?: Day
}

export interface DrillFact {
  kind: 'contact' | 'on-call' | 'alert'
  side: string
  on: Day
  /** An automatic reply is no answer. Absent: no human answered. */
  answeredAfterMs?: number
}

export interface CanaryFact {
  scenario: string
  /** Of the newest report, whatever it said. */
  lastAt?: string
  lastSucceededAt?: string
  failing: boolean
}

export interface LinkFact {
  url: string
  reachable: boolean
  /** private: it is there and asks to sign in. unknown: nobody could tell, and nothing is held against it. Absent: as `reachable` says. */
  state?: 'reachable' | 'private' | 'broken' | 'unknown'
  detail?: string
  checkedOn: Day
}

export interface ServiceLevelFact {
  name: string
  /** Length of the time that was measured. */
  measuredDays: number
  /** Good events ÷ all events in parts per million; absent when there were too few to say. */
  attainedPpm?: number
  events?: number
  /** Fewer say nothing. */
  neededEvents?: number
  /** Who spoiled how many. */
  causes?: readonly { cause: string; bad: number }[]
}

export interface AttestationFact {
  check: string
  /** Absent for a check of the whole integration. */
  side?: string
  person: string
  on: Day
}

export interface WaiverSignatureFact {
  /** Digest of the waiver as it was signed; another wording is another waiver. */
  digest: string
  person: string
  on: Day
}

export interface AdmissionFact {
  stage: Stage
  since: Day
  how: 'gate' | 'adopted'
}

/** The facts of all integrations, read before anything is judged. */
export interface ReadinessFacts {
  of(integration: string): IntegrationFacts
}

/** What a workspace on its own knows about the running system: nothing. */
export const noFacts: ReadinessFacts = { of: () => ({}) }
