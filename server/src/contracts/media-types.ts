/** `application/problem+json; q=1` in parts. */
interface MediaType {
  essence: string
  parameters: string
  /** What the payload is written in: `json` for `application/problem+json`. */
  syntax: string
}

function read(name: string): MediaType {
  const [essence = '', ...parameters] = name
    .toLowerCase()
    .split(';')
    .map((part) => part.trim())
  const subtype = essence.split('/')[1] ?? ''
  return {
    essence,
    parameters: parameters.join(';'),
    syntax: subtype.includes('+') ? subtype.slice(subtype.lastIndexOf('+') + 1) : subtype,
  }
}

/** A media type that writes every value as text, so that `1` and `"1"` are the same. */
export function isLoose(mediaType: string): boolean {
  const { syntax, essence } = read(mediaType)
  return syntax !== 'json' && !essence.startsWith('text/') && essence !== '*/*' && !essence.includes('yaml')
}

export interface MediaTypeMatch {
  /** Old and new name, and what the new one means for readers of the old one. */
  matched: { before: string; after: string; change: 'same' | 'changed' | 'generalized' | 'specialized' }[]
  removed: string[]
  added: string[]
}

/** Pairs the media types of one body: by name, then without parameters, then by what the payload is written in. */
export function matchMediaTypes(before: readonly string[], after: readonly string[]): MediaTypeMatch {
  const match: MediaTypeMatch = { matched: [], removed: [], added: [...after] }
  for (const name of before) {
    const partner = match.added.includes(name) ? name : undefined
    if (partner === undefined) match.removed.push(name)
    else pair(match, name, partner, 'same')
  }
  for (const name of [...match.removed]) {
    const old = read(name)
    const partner =
      match.added.find((other) => read(other).essence === old.essence) ?? match.added.find((other) => read(other).syntax === old.syntax)
    if (partner === undefined) continue
    match.removed.splice(match.removed.indexOf(name), 1)
    pair(match, name, partner, changeOf(old, read(partner)))
  }
  return match
}

function pair(match: MediaTypeMatch, before: string, after: string, change: MediaTypeMatch['matched'][number]['change']): void {
  match.added.splice(match.added.indexOf(after), 1)
  match.matched.push({ before, after, change })
}

function changeOf(before: MediaType, after: MediaType): 'same' | 'changed' | 'generalized' | 'specialized' {
  if (before.parameters !== after.parameters) return 'changed'
  if (before.essence === after.essence) return 'same'
  const plain = (type: MediaType) => !type.essence.includes('+')
  if (plain(before) === plain(after)) return 'changed'
  return plain(before) ? 'specialized' : 'generalized'
}
