import type { Day, PartyBalance, PartyCoverage } from '../agreements/index.ts'
import type { Agreement, Integration, Side, Stage } from '../workspace/index.ts'
import type { Grounds } from './evidence.ts'
import type { IntegrationFacts } from './facts.ts'
import type { People, ReadinessWorkspace } from './readiness-workspace.ts'

/** Why bridges fail, one group of checks for each reason. */
export const checkGroups = [
  'product',
  'ownership',
  'communication',
  'birth',
  'incentives',
  'commitments',
  'cost',
  'openness',
  'support',
  'long-term',
] as const
export type CheckGroup = (typeof checkGroups)[number]

/** What an evaluation answers. The runner adds how strong the grounds are on the day, and whether a waiver stands. */
export type Finding =
  | { verdict: 'pass'; says: string; grounds: Grounds }
  | { verdict: 'fail' | 'insufficient-data' | 'not-applicable'; says: string }

/** Everything about one integration on one day that a check may read. Building it costs no I/O. */
export interface CheckContext {
  integration: Integration
  spec: Integration['spec']
  /** Where it stands. */
  stage: Stage
  /** The stage whose gate is asked; the same as `stage` when it only wants to stay. */
  towards: Stage
  facts: IntegrationFacts
  today: Day
  workspace: ReadinessWorkspace
  people: People
  /** Agreements that name this integration and are not terminated, drafts too. */
  agreements: readonly Agreement[]
  /** Those that bind today. */
  inForce: readonly Agreement[]
  coverage: () => readonly PartyCoverage[]
  balance: () => readonly PartyBalance[]
}

interface CheckWords {
  /** Stable, kebab-case; waivers and attestations name it. */
  id: string
  group: CheckGroup
  title: string
  /** The first stage whose gate asks for it; every later stage of the same ladder asks again. */
  gate: Stage
  /** Only observed or freshly attested evidence passes a critical check. */
  critical: boolean
  why: string
  todo: string
  /** What each later gate asks of it, where they ask for different things: in words, by stage. */
  demands?: Readonly<Partial<Record<Stage, string>>>
}

/** One question about an integration: of the whole, of each side, or of each side that brings a platform. */
export type Check = CheckWords &
  (
    | { side: 'none'; evaluate: (context: CheckContext) => Finding }
    | { side: 'each' | 'with-platform'; evaluate: (context: CheckContext, side: Side) => Finding }
  )

export const pass = (says: string, grounds: Grounds): Finding => ({ verdict: 'pass', says, grounds })
export const fail = (says: string): Finding => ({ verdict: 'fail', says })
export const notKnown = (says: string): Finding => ({ verdict: 'insufficient-data', says })
export const notApplicable = (says: string): Finding => ({ verdict: 'not-applicable', says })
