/** Whoever made a schema, its library speaks to programmers: "Invalid input: expected string, received undefined". */
const plainer: readonly (readonly [RegExp, string])[] = [
  [/^Invalid input: expected .+, received undefined$/, 'is missing'],
  [/^Invalid input: expected number, received NaN$/, 'must be a number'],
  [/^Invalid input: expected (.+), received (.+)$/, 'must be of type $1, and is of type $2'],
  [/^Invalid option: expected one of (.+)$/, 'must be one of $1'],
  [/^Too (?:big|small): expected \S+ to (be|have) (.+)$/, 'must $1 $2'],
  [/^Invalid UUID$/, 'must be an id such as 01a225ac-d6dc-7000-8c77-06a719e54d44'],
  [/^Invalid ISO datetime$/, 'must be a time such as 2026-12-01T08:00:00Z'],
  [/^Invalid ISO date$/, 'must be a day such as 2026-12-01'],
  [/^Unrecognized key: (.+)$/, 'does not know $1'],
  [/^Unrecognized keys: (.+)$/, 'does not know $1'],
]

/** A problem that a validating library found, as a sentence about its place: `name is missing`, `limit must be <=500`. */
export function plainIssue(place: string, message: string): string {
  const found = plainer.find(([pattern]) => pattern.test(message))
  return found ? `${place} ${message.replace(...(found as [RegExp, string]))}` : `${place}: ${message}`
}
