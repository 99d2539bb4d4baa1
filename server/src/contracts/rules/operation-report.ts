import type { PairNode } from '../compare-schemas.ts'
import type { Spot } from '../contract.ts'
import type { Json } from '../json.ts'
import type { Operation } from '../operations.ts'
import type { Segment } from '../schema-pair.ts'
import type { SchemaSide } from '../schema-side.ts'
import type { NoticePolicy, Stability } from '../stability.ts'
import type { Level, Place } from './rule.ts'

/** Where inside an operation something was found. */
export interface Position {
  status?: string
  mediaType?: string
  /** `query status`, `header X-Request-Id`, or nothing for a body. */
  parameter?: string
}

export interface OperationDetail extends Position {
  before?: Json | undefined
  after?: Json | undefined
  at?: readonly Segment[]
  level?: Level
  note?: string
  beforeSpot?: Spot | undefined
  afterSpot?: Spot | undefined
}

/** The same operation in both versions. */
export interface OperationPair {
  readonly before: Operation
  readonly after: Operation
  readonly stability: Stability
  readonly policy: NoticePolicy
  readonly report: (rule: string, detail?: OperationDetail) => void
  /** Has two schemas compared; what is found in them is told at this position. */
  readonly compare: (before: SchemaSide, after: SchemaSide, place: Place, loose: boolean, position: Position) => void
}

/** A schema pair waiting to be told at one position of one operation. */
export interface Root {
  readonly node: PairNode
  readonly position: Position
}
