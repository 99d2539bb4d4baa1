import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context, Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Database } from '../database/index.ts'
import { type Api, type Authenticated, requireCaller } from '../identity/index.ts'
import type { Log, Metrics } from '../observation/index.ts'
import type { Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { portalPages } from './portal.ts'
import { problemOf } from './problem.ts'
import { type ReferenceDocument, referencePage, referencePolicy } from './reference-page.ts'
import { readBodies } from './request-bodies.ts'
import { type StatusParts, statusRoutes } from './status.ts'

export interface AppParts extends StatusParts {
  database: Database
  workspace(): Workspace
  metrics: Metrics
  log: Log
  /** The parts of the API, each from its feature. */
  apis: readonly Api[]
  /** What is read outside the API, without an API key. */
  pages?: readonly Hono<Authenticated>[]
  /** Operations that take more than others; read only after the caller is known. */
  largeBodies?: readonly LargeBody[]
  /** Serve the portal at the root. */
  portal?: boolean
}

export interface LargeBody {
  method: string
  /** Of the path below `/api`. */
  path: RegExp
  maxBytes: number
}

const maxBodyBytes = 5 * 1024 * 1024

export const documentInfo = {
  openapi: '3.1.0' as const,
  info: {
    title: 'Bridgekeeper API',
    version: '1.0.0',
    description:
      'Runs, deliveries, instances and connections of partner integrations. Errors are problem details (RFC 9457) with a stable `code` and a `fix`.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/api' }],
}

/** Health, readiness and metrics on an address of their own, for what watches the program from inside the operator's network. */
export function createStatusApp(parts: StatusParts & { log: Log }): Hono<Authenticated> {
  const app = withProblems(new OpenAPIHono<Authenticated>(), parts.log)
  app.route('/', statusRoutes({ ...parts, openMetrics: true }))
  return app
}

function withProblems(app: OpenAPIHono<Authenticated>, log: Log): OpenAPIHono<Authenticated> {
  app.use(secureHeaders())
  app.onError((error, c) => {
    const problem = problemOf(error, c.req.path, log)
    if (problem.status === 401) c.header('www-authenticate', 'Bearer')
    if (problem.status === 503) c.header('retry-after', '5')
    return c.body(JSON.stringify(problem), problem.status as 500, { 'content-type': 'application/problem+json' })
  })
  app.notFound((c) => {
    const { method, path } = c.req
    const allowed = methodsOf(app, path).join(', ')
    if (allowed) c.header('allow', allowed)
    const problem = problemOf(
      allowed ? errors.method_not_allowed({ method, path, allowed }) : errors.route_unknown({ method, path }),
      path,
      log,
    )
    return c.body(JSON.stringify(problem), problem.status as 404, { 'content-type': 'application/problem+json' })
  })
  return app
}

function methodsOf(app: OpenAPIHono<Authenticated>, path: string): string[] {
  const parts = path.split('/')
  const fits = (pattern: string): boolean => {
    const theirs = pattern.split('/')
    return theirs.length === parts.length && theirs.every((part, at) => part.startsWith(':') || part === parts[at])
  }
  const declared = app.routes.filter((route) => route.method !== 'ALL' && fits(route.path)).map((route) => route.method)
  // Whatever answers GET answers HEAD.
  return [...new Set(declared.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].sort()
}

/** The HTTP API, its document and reference, health and metrics. Webhooks do not pass here: the ingress answers them on raw Node. */
export function createApp(parts: AppParts): OpenAPIHono<Authenticated> {
  const app = withProblems(new OpenAPIHono<Authenticated>(), parts.log)
  app.route('/', statusRoutes(parts))

  const api = new OpenAPIHono<Authenticated>()
  api.get('/openapi.json', (c) => c.json(documentOf(api)))
  let reference: Promise<string> | undefined
  api.get('/reference', async (c) => {
    // Made when it is first asked for: every route is declared by then.
    reference ??= referencePage(documentOf(api) as ReferenceDocument)
    return c.html(await reference, 200, { 'content-security-policy': referencePolicy, 'cache-control': 'no-cache' })
  })
  const largeBody = ({ method, path }: Context['req']): LargeBody | undefined =>
    parts.largeBodies?.find((large) => large.method === method && large.path.test(path.replace(/^\/api/, '')))
  api.use(requireCaller(parts.database, parts.workspace))
  api.use(logRequests(parts.log))
  api.use(readBodies((c) => largeBody(c.req)?.maxBytes ?? maxBodyBytes))
  for (const part of parts.apis) api.route('/', part)
  app.route('/api', api)
  for (const page of parts.pages ?? []) app.route('/', page)
  if (parts.portal) app.route('/', portalPages())
  return app
}

/** Who did what. Looking is worth a line only when somebody searches for something. */
function logRequests(log: Log) {
  return async (c: Context<Authenticated>, next: () => Promise<void>): Promise<void> => {
    const start = performance.now()
    await next()
    const { method, path } = c.req
    const looked = method === 'GET' || method === 'HEAD'
    const facts = { method, path, status: c.res.status, ms: Math.round(performance.now() - start), by: c.get('caller').name }
    log[looked ? 'debug' : 'info'](facts, 'request')
  }
}

/** The OpenAPI document of these parts, without a server. */
export function apiDocument(apis: readonly Api[]): object {
  const api = new OpenAPIHono<Authenticated>()
  for (const part of apis) api.route('/', part)
  return documentOf(api)
}

/** The OpenAPI document, with the security scheme that the routes name. */
export function documentOf(api: OpenAPIHono<Authenticated>): object {
  const document = api.getOpenAPI31Document(documentInfo)
  return {
    ...document,
    components: {
      ...document.components,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key: `bk_…`.' } },
    },
  }
}
