import { createRoute, z } from '@hono/zod-openapi'
import type { Database } from '../../database/index.ts'
import { type Api, jsonAnswer, mustBeCompany, problemAnswers, security } from '../../identity/index.ts'
import type { Workspace } from '../../workspace/index.ts'
import { visiblePlatform } from '../visible-platform.ts'
import { type ContractSource, listSources } from './queries.ts'
import type { Sources } from './sources.ts'

export interface SourceRouteParts {
  database: Database
  workspace(): Workspace
  sources: Sources
  now?(): Date
}

const tags = ['Contracts']
const sourceShape = z.object({
  platform: z.string(),
  kind: z.enum(['document', 'catalog']),
  url: z.string(),
  documentUrl: z.string().nullable().describe('Where the document was found at last, behind catalog and redirects.'),
  state: z.enum(['never read', 'being read', 'good', 'failing']),
  lastReadAt: z.string().nullable().describe('When it was last read, or known to be unchanged.'),
  lastChangedAt: z.string().nullable(),
  lastOutcome: z.string().nullable(),
  failures: z.number().int().describe('In a row.'),
  error: z.string().nullable(),
  fix: z.string().nullable(),
  nextReadAt: z.string(),
  pollEverySeconds: z.number().int(),
})

/** Where contracts are polled, and polling now. */
export function sourceRoutes(api: Api, parts: SourceRouteParts): void {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/contract-sources',
      operationId: 'listContractSources',
      summary: 'Addresses that contracts are polled at, and how the last reading went',
      tags,
      security,
      responses: { 200: jsonAnswer(z.object({ sources: z.array(sourceShape) }), 'By platform.'), ...problemAnswers },
    }),
    async (c) => {
      mustBeCompany(c, 'read')
      const sources = await listSources(parts.database.executor, c.get('visible').connectable)
      const now = parts.now?.() ?? new Date()
      return c.json({ sources: sources.map((source) => shown(source, now)) }, 200)
    },
  )
  api.openapi(
    createRoute({
      method: 'post',
      path: '/platforms/{platform}/contract-source/polls',
      operationId: 'pollContractSource',
      summary: 'Read the contract at its address now',
      description:
        'Counts as any other reading, so it makes nothing believed earlier. Answers what was found; an address that can’t be read is an answer, too.',
      tags,
      security,
      request: { params: z.object({ platform: z.string() }) },
      responses: {
        201: jsonAnswer(
          z.object({
            outcome: z.string(),
            reason: z.string().optional(),
            fix: z.string().optional(),
            version: z.object({ label: z.string().nullable(), hash: z.string(), state: z.string() }).optional(),
            findings: z.number().int().describe('Changes against the version that was in force until now.'),
            nextReadAt: z.string(),
          }),
          'What was found.',
        ),
        ...problemAnswers,
      },
    }),
    async (c) => {
      mustBeCompany(c, 'write')
      const { platform } = c.req.valid('param')
      visiblePlatform(c, parts.workspace(), platform)
      const { outcome, reason, fix, version, change, nextReadAt } = await parts.sources.poll(platform)
      return c.json(
        {
          outcome,
          ...(reason ? { reason } : {}),
          ...(fix ? { fix } : {}),
          ...(version ? { version: { label: version.label, hash: version.hash, state: version.state } } : {}),
          findings: change?.findings.length ?? 0,
          nextReadAt: nextReadAt.toISOString(),
        },
        201,
      )
    },
  )
}

function shown(source: ContractSource, now: Date): z.output<typeof sourceShape> {
  const { platform, kind, url, documentUrl, lastOutcome, failures, error, fix, pollEverySeconds } = source
  const text = (at: Date | null): string | null => at?.toISOString() ?? null
  return {
    ...{ platform, kind, url, lastOutcome, failures, error, fix, pollEverySeconds },
    // What a redirect appended may be a signature.
    documentUrl: documentUrl && (documentUrl.split('?', 1)[0] ?? null),
    state: stateOf(source, now),
    lastReadAt: text(source.lastReadAt),
    lastChangedAt: text(source.lastChangedAt),
    nextReadAt: source.nextReadAt.toISOString(),
  }
}

function stateOf({ leasedUntil, failures, lastTriedAt }: ContractSource, now: Date): z.output<typeof sourceShape>['state'] {
  if (leasedUntil && leasedUntil > now) return 'being read'
  if (failures > 0) return 'failing'
  return lastTriedAt ? 'good' : 'never read'
}
