import type { Observation } from '../../gateway/index.ts'
import type { SentRequest } from '../recordings/record-message.ts'
import { payloadOf } from '../usage/read-set.ts'
import { mediaTypeOf } from '../usage/sent-fields.ts'

/** What a message weighs at most to be checked, about, in characters of JSON. */
const maxCharacters = 262_144
const maxValues = 30_000

/**
 * A parsed body as JSON text, or undefined when it is too large. Its size is looked at first, so that what is too large costs little.
 */
export function captureJson(body: unknown): string | undefined {
  let characters = 0
  let values = 0
  const fits = (value: unknown): boolean => {
    values += 1
    if (typeof value === 'string') characters += value.length
    else if (typeof value === 'object' && value !== null) {
      for (const name in value) {
        if (!Array.isArray(value)) characters += name.length
        if (!fits((value as Record<string, unknown>)[name])) return false
      }
    }
    return characters <= maxCharacters && values <= maxValues
  }
  return fits(body) ? JSON.stringify(body) : undefined
}

/** A request as a flow gave it: objects and forms as JSON text, everything else only as a body that was there. */
export function captureRequest({
  query,
  requestBody,
  requestHeaders,
}: Pick<Observation, 'query' | 'requestBody' | 'requestHeaders'>): SentRequest {
  const body = payloadOf(requestBody)
  const mediaType = body === undefined ? '' : (mediaTypeOf(requestHeaders) ?? '')
  const value = body instanceof URLSearchParams ? valuesOf(body) : body
  const json = isPlain(value) && /json|x-www-form-urlencoded/.test(mediaType) ? captureJson(value) : undefined
  return { mediaType, json, hasBody: body !== undefined, query: captureJson(query) ?? '{}' }
}

function valuesOf(form: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      const values = form.getAll(name)
      return [name, values.length === 1 ? values[0]! : values]
    }),
  )
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
