import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Database } from '../database/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { authenticate, type Caller, requireScope, type Scope } from './api-keys.ts'
import { errors } from './errors.ts'
import { refuseInvalid, strictRoute } from './strict-request.ts'
import { type Visibility, visibilityOf } from './visibility.ts'

/** What authenticated routes find in their context. */
export interface Authenticated {
  Variables: { caller: Caller; visible: Visibility }
}

export type Api = OpenAPIHono<Authenticated>

/** A part of the API. Bad requests become errors, so that they are answered like all others; names that nobody knows are bad. */
export function createApi(): Api {
  const api = new OpenAPIHono<Authenticated>()
  const declare = api.openapi.bind(api) as (route: RouteConfig, handler: unknown, hook: unknown) => Api
  api.openapi = ((given: RouteConfig, handler: unknown) => {
    const { route, known } = strictRoute(given)
    return declare(route, handler, refuseInvalid(known))
  }) as typeof api.openapi
  return api
}

export const security = [{ apiKey: [] }]

const problem = z
  .object({
    type: z.url(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable: what a program may switch on. All of them: docs/errors.md.'),
    detail: z.string().describe('What was expected, and what was found.'),
    fix: z.string().describe('What to do next.'),
    retry: z.boolean().describe('Whether the same request may succeed later.'),
    instance: z.string().describe('The path that was asked.'),
  })
  .openapi('Problem', { description: 'Problem details (RFC 9457).' })

function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: problem } } } as const
}

/** Answers that every operation can give. */
export const problemAnswers = {
  401: problemAnswer('No API key, or one that is not known.'),
  403: problemAnswer('The key lacks the scope.'),
  404: problemAnswer('Not there, or not visible to this key.'),
  409: problemAnswer('It clashes with what is there.'),
  413: problemAnswer('The body is larger than this operation takes.'),
  415: problemAnswer('The body is not JSON in UTF-8, or it is compressed.'),
  422: problemAnswer('The request was understood and refused; `fix` says what to do.'),
  503: problemAnswer('The database is away, or too much is under way: try again after `Retry-After`.'),
} as const

export function jsonAnswer<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } } as const
}

/** Of an operation that makes something which can be read under an address of its own. */
export function madeAnswer<S extends z.ZodType>(schema: S, description: string) {
  const location = { description: 'Where it is read.', required: true, schema: { type: 'string', format: 'uri-reference' } } as const
  return { ...jsonAnswer(schema, description), headers: { Location: location } } as const
}

/** Header of such an answer. @param id in the list that was posted to */
export function madeAt(c: Context, id: string): { location: string } {
  return { location: `${c.req.path}/${encodeURIComponent(id)}` }
}

/** What goes over the wire: dates as texts, and nothing that is undefined. `never` fits every answer's schema; the documents' tests hold them. */
export function asJson(value: unknown): never {
  return JSON.parse(JSON.stringify(value)) as never
}

/** Middleware for all of `/api`. */
export function requireCaller(database: Database, workspace: () => Workspace) {
  return async (c: Context<Authenticated>, next: () => Promise<void>): Promise<void> => {
    const caller = await authenticate(database.executor, c.req.header('authorization'))
    c.set('caller', caller)
    c.set('visible', visibilityOf(caller, workspace()))
    await next()
  }
}

/** @throws identity.scope_missing */
export function mustHave(c: Context<Authenticated>, scope: Scope): Caller {
  const caller = c.get('caller')
  requireScope(caller, scope)
  return caller
}

/** For what concerns everybody: the key ring, circuits, hours of all organizations. @throws identity.scope_missing, operator_only */
export function mustBeOperator(c: Context<Authenticated>): Caller {
  const caller = mustHave(c, 'admin')
  if (caller.organization !== null) throw errors.operator_only({})
  return caller
}

/** For what customers' keys may not do although they have the scope. @throws identity.scope_missing, company_only */
export function mustBeCompany(c: Context<Authenticated>, scope: Scope): Caller {
  const caller = mustHave(c, scope)
  if (caller.customer !== null) throw errors.company_only({})
  return caller
}

/**
 * For changing what one organization runs and the others may only look at.
 *
 * @throws identity.run_by_another
 */
export function mustRun(caller: Caller, what: string, organization: string): void {
  if (caller.organization !== null && caller.organization !== organization) throw errors.run_by_another({ what, organization })
}

/** What is answered to a wish that {@link ownerOf} refuses. */
export interface OwnerRefusals {
  ofAnother(organization: string): Error
  /** Null: the operator named none. */
  ofNobody(organization: string | null): Error
}

/**
 * To whom something belongs that a caller makes: whom they name, else themselves. Nobody but the operator makes anything for others.
 *
 * @throws what `refuse` makes of it
 */
export function ownerOf(
  caller: Caller,
  wanted: string | null | undefined,
  workspace: Pick<Workspace, 'organizations'>,
  refuse: OwnerRefusals,
): string {
  const organization = wanted === undefined ? caller.organization : wanted
  if (caller.organization !== null && organization !== caller.organization) throw refuse.ofAnother(organization ?? 'the operator')
  if (organization === null || !workspace.organizations.has(organization)) throw refuse.ofNobody(organization)
  return organization
}
