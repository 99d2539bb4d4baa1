/** Whoever made a schema, its library speaks to programmers: "Invalid input: expected string, received undefined". */
const plainer: readonly (readonly [RegExp, string])[] = [
  [/^Invalid input: expected .+, received undefined$/, 'is missing'],
  [/^Invalid input: expected (.+), received (.+)$/, 'must be of type $1, and is of type $2'],
  [/^Invalid option: expected one of (.+)$/, 'must be one of $1'],
  [/^Too (?:big|small): expected \S+ to (be|have) (.+)$/, 'must $1 $2'],
  [/^Unrecognized key: (.+)$/, 'does not know $1'],
  [/^Unrecognized keys: (.+)$/, 'does not know $1'],
]

/** A problem that a validating library found, as a sentence about its place: `name is missing`, `limit must be <=500`. */
export function plainIssue(place: string, message: string): string {
  const found = plainer.find(([pattern]) => pattern.test(message))
  return found ? `${place} ${message.replace(...(found as [RegExp, string]))}` : `${place}: ${message}`
}
