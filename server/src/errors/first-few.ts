const shown = 20

/** A list of problems as one sentence may hold it: whoever sends a million wrong values is not answered with a million complaints. */
export function firstFew(problems: readonly string[]): string {
  const some = problems.slice(0, shown).join('; ')
  return problems.length > shown ? `${some}; and ${problems.length - shown} more` : some
}
