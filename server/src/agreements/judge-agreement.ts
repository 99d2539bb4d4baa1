import type { Agreement, Commitment } from '../workspace/index.ts'
import { type CommitmentVerdict, judgeCommitment } from './judge-commitment.ts'

/**
 * Judges all commitments of an agreement, in the order of the file. Beyond what each says alone, those that say what they mean only by
 * one another, in a circle, bind nobody: whoever looks up one is sent to the next.
 */
export function judgeAgreement({ spec }: Agreement): CommitmentVerdict[] {
  const circular = circularIn(spec.commitments)
  return spec.commitments.map((commitment) => {
    const verdict = judgeCommitment(commitment)
    const circle = circular.get(commitment.id)
    if (!circle || verdict.missing.some(({ part }) => part === 'measure')) return verdict
    const says = `it is defined in a circle: ${[...circle, circle[0]].join(' → ')}`
    return { commitment, strength: 'best-effort', missing: [{ part: 'measure', says }, ...verdict.missing] }
  })
}

/** Those that bind, as the agreement stands; whether it is in force is another question. */
export function measurableOf(agreement: Agreement): Commitment[] {
  return judgeAgreement(agreement)
    .filter(({ strength }) => strength === 'measurable')
    .map(({ commitment }) => commitment)
}

/** Id → the shortest way from the commitment back to itself. */
function circularIn(commitments: readonly Commitment[]): Map<string, string[]> {
  const next = new Map(commitments.map((commitment) => [commitment.id, mentionedBy(commitment, commitments)]))
  return new Map(
    commitments.flatMap(({ id }) => {
      const circle = wayBack(id, next)
      return circle ? [[id, circle] as const] : []
    }),
  )
}

function wayBack(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const seen = new Set<string>()
  let ways = [[start]]
  while (ways.length > 0) {
    const longer: string[][] = []
    for (const way of ways)
      for (const id of next.get(way.at(-1)!) ?? []) {
        if (id === start) return way
        if (!seen.has(id)) longer.push([...way, id])
        seen.add(id)
      }
    ways = longer
  }
  return undefined
}

/** The commitments that the words of a measure or remedy send the reader to: by id, or by the number of their clause. */
function mentionedBy({ measure, remedy }: Commitment, commitments: readonly Commitment[]): string[] {
  const words = [measure?.of, remedy?.description].filter((text) => text !== undefined).join('\n')
  if (words === '') return []
  return commitments
    .filter(
      ({ id, clause }) =>
        // Ids of one plain word (`support`) are words of the language too: alone they name nothing.
        mentions(words, id.includes('-') ? id : `commitment ${id}`) || (clause !== undefined && namesClause(words, clause)),
    )
    .map(({ id }) => id)
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function mentions(words: string, name: string): boolean {
  return new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'i').test(words)
}

function namesClause(words: string, clause: string): boolean {
  return new RegExp(`(?:clause|section|article|paragraph|§)\\s*${escaped(clause.replace(/^\D+/, ''))}(?![\\d]|\\.\\d)`, 'i').test(words)
}
