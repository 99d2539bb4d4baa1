import type { Json } from '../json.ts'

/** Formats that say which values are valid. Everything else is a hint without meaning for validity (`password`, `twiml`, …). */
const constraining = new Set([
  'int32',
  'int64',
  'float',
  'double',
  'bigint',
  'date',
  'date-time',
  'time',
  'duration',
  'email',
  'idn-email',
  'hostname',
  'idn-hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uri-reference',
  'iri',
  'iri-reference',
  'uri-template',
  'uuid',
  'json-pointer',
  'relative-json-pointer',
  'regex',
  'byte',
  'binary',
  'decimal',
  'int8',
  'int16',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
])

/** Each format with the formats that include all its values. */
const wider: Record<string, readonly string[]> = {
  int8: ['int16', 'int32', 'int64', 'bigint', 'float', 'double', 'decimal'],
  int16: ['int32', 'int64', 'bigint', 'float', 'double', 'decimal'],
  int32: ['int64', 'bigint', 'float', 'double', 'decimal'],
  int64: ['bigint', 'double', 'decimal'],
  uint8: ['uint16', 'uint32', 'uint64', 'int16', 'int32', 'int64', 'bigint'],
  uint16: ['uint32', 'uint64', 'int32', 'int64', 'bigint'],
  uint32: ['uint64', 'int64', 'bigint'],
  uint64: ['bigint', 'double', 'decimal'],
  float: ['double', 'decimal'],
  double: ['decimal'],
  email: ['idn-email'],
  hostname: ['idn-hostname'],
  uri: ['uri-reference', 'iri', 'iri-reference'],
  'uri-reference': ['iri-reference'],
  iri: ['iri-reference'],
}

export function constrainsFormat(format: Json | undefined): format is string {
  return typeof format === 'string' && constraining.has(format)
}

/** What the field takes for a format that includes another, although no value of the one is a value of the other. */
const wideByName: Record<string, string> = { date: 'date-time', time: 'date-time' }

/** Whether a format is, by the field's word, wider than another whose values it refuses all the same. */
export function isWiderByName(narrow: Json | undefined, wide: Json | undefined): boolean {
  return typeof narrow === 'string' && wide !== undefined && Object.hasOwn(wideByName, narrow) && wideByName[narrow] === wide
}

/** What a new format does to the set of valid values. */
export function formatWidth(before: Json | undefined, after: Json | undefined): 'same' | 'widens' | 'narrows' | 'changes' {
  const [old, now] = [constrainsFormat(before) ? before : undefined, constrainsFormat(after) ? after : undefined]
  if (old === now) return 'same'
  if (now === undefined) return 'widens'
  if (old === undefined) return 'narrows'
  if (wider[old]?.includes(now)) return 'widens'
  return wider[now]?.includes(old) ? 'narrows' : 'changes'
}
