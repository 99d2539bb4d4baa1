import { type RouteConfig, z } from '@hono/zod-openapi'
import { firstFew, plainIssue } from '../errors/index.ts'
import { nearest } from '../workspace/index.ts'
import { errors } from './errors.ts'

interface Known {
  query: readonly string[]
  body: readonly string[]
}

/**
 * A route that refuses names it does not know, in query and body: a filter that is written wrong would find everything, and a change that is
 * written wrong would change nothing.
 */
export function strictRoute<R extends RouteConfig>(route: R): { route: R; known: Known } {
  const { query = z.object({}), body } = route.request ?? {}
  const json = body?.content['application/json']
  const schema = json && 'schema' in json ? json.schema : undefined
  const takesOthers = !(schema instanceof z.ZodObject) || schema.def.catchall !== undefined
  const request = {
    ...route.request,
    query: query instanceof z.ZodObject ? query.strict() : query,
    ...(takesOthers ? {} : { body: { ...body, content: { ...body!.content, 'application/json': { ...json, schema: schema.strict() } } } }),
  }
  const known = { query: query instanceof z.ZodObject ? Object.keys(query.shape) : [], body: takesOthers ? [] : Object.keys(schema.shape) }
  return { route: { ...route, request }, known }
}

/** What is wrong with a request, in the words of our errors. */
export function refuseInvalid(known: Known) {
  return (result: { success: boolean; target: string; error?: z.core.$ZodError }): void => {
    if (result.success || !result.error) return
    const isQuery = result.target === 'query'
    const problems = result.error.issues.flatMap((issue) => {
      const path = issue.path.join('.')
      if (issue.code !== 'unrecognized_keys') return [plainIssue(path || 'body', issue.message)]
      const candidates = path === '' ? known[isQuery ? 'query' : 'body'] : undefined
      return issue.keys.map((key) =>
        unknownName(isQuery ? `query parameter ${key}` : [path, key].filter(Boolean).join('.'), key, candidates),
      )
    })
    throw errors.request_invalid({ problems: firstFew(problems) })
  }
}

function unknownName(shown: string, key: string, candidates: readonly string[] | undefined): string {
  if (candidates === undefined) return `${shown} is not known here`
  const near = nearest(key, candidates)
  const others = candidates.length > 0 ? `it takes ${candidates.join(', ')}` : 'it takes none'
  return `${shown} is not known here; ${near === undefined ? others : `did you mean ${near}`}`
}
