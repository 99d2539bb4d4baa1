import type { LaneKey } from '@bridgekeeper/sdk'

/**
 * The name of a lane: instance and key parts, escaped so that no two different keys give the same name
 * (`['a/b']` and `['a', 'b']` differ, and so do `1` and `'1'` not: senders mix them for the same id).
 */
export function laneOf(instanceId: string, key: LaneKey): string {
  const parts = Array.isArray(key) ? key : [key as string | number]
  return `${instanceId}/${parts.map(escapePart).join('/')}`
}

/** Ticks of one schedule never overlap, so they share a lane that no event key can name. */
export function scheduleLane(instanceId: string, flow: string): string {
  return `${instanceId}//${escapePart(flow)}`
}

function escapePart(part: string | number): string {
  if (typeof part !== 'string' && typeof part !== 'number') throw new TypeError(`a lane key is text or a number, found ${typeof part}`)
  const text = String(part)
  if (text === '') return '%'
  return text.length > 200 ? `${encode(text.slice(0, 120))}~${encode(text.slice(-60))}~${text.length}` : encode(text)
}

function encode(text: string): string {
  return text.replace(/[%/~\0]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
}
