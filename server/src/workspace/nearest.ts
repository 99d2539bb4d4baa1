/** Levenshtein distance that also counts two neighbours in the wrong order as one step (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1]
      current[column] = Math.min(current[column - 1]! + 1, previous[column]! + 1, previous[column - 1]! + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped) current[column] = Math.min(current[column]!, beforePrevious[column - 2]! + 1)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]!
}

/**
 * The candidate that the writer probably meant: at most a third of the letters differ (case and
 * punctuation do not count), or it is cut short.
 * Ties go to the first in the order given; `undefined` when nothing is close.
 */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const offered = [...candidates]
  const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  const target = plain(written)
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of offered) {
    const other = plain(candidate)
    const distance = editDistance(target, other)
    if (distance <= Math.floor(Math.max(target.length, other.length) / 3) && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { candidate, distance }
  }
  return best?.candidate ?? abbreviated(target, offered)
}

/** `mon` for monday: the one candidate that goes on from what is written. */
function abbreviated(target: string, candidates: readonly string[]): string | undefined {
  const longer = target.length < 3 ? [] : candidates.filter((candidate) => candidate.toLowerCase().startsWith(target))
  return longer.length === 1 ? longer[0] : undefined
}
