import { describe, expect, it } from 'vitest'
import { loadIntegrationCode } from './load-integration-code.ts'
import { loadWorkspace } from './load-workspace.ts'
import { cast, integration, temporaryWorkspace } from './temporary-workspace.ts'

const example = new URL('../../../examples/github-helpdesk', import.meta.url).pathname

async function failure(code: string | undefined, name = 'sync'): Promise<string> {
  const folder = await temporaryWorkspace({
    'cast.yaml': cast,
    'i.yaml': integration(code === undefined ? '' : 'code: ./sync.ts\n'),
    ...(code !== undefined && { 'sync.ts': code }),
  })
  const { workspace } = await loadWorkspace(folder)
  return loadIntegrationCode(workspace, name).then(
    () => 'loaded',
    ({ code, message }) => `${code}: ${message}`,
  )
}

const define = (fields: string) => `export default { version: '1.0.0', flows: {}, ${fields} }\n`

describe('the code of an integration', () => {
  it('of the example is loaded with its flows and platforms', async () => {
    const { workspace } = await loadWorkspace(example)
    const code = await loadIntegrationCode(workspace, 'github-helpdesk')
    expect(code.name).toBe('github-helpdesk')
    expect(Object.keys(code.platforms).sort()).toEqual(['github', 'helpdesk'])
    expect(Object.keys(code.flows)).toContain('closeTicket')
  })

  it('is loaded when its name and platforms fit the file', async () => {
    expect(await failure(define("name: 'sync', platforms: { crm: { name: 'crm' } }"))).toBe('loaded')
  })

  it.each([
    ['nothing to load', undefined, 'workspace.code_missing: the integration sync has no code: its file does not say spec.code'],
    [
      'an error in the module',
      "throw new Error('no luck')\n",
      "workspace.code_fails: the code of the integration sync (sync.ts) can't be loaded: no luck",
    ],
    [
      'no default export',
      'export const a = 1\n',
      'workspace.code_is_no_integration: sync.ts, the code of the integration sync, was expected to export defineIntegration({…}) by default; it exports nothing',
    ],
    [
      'another default export',
      'export default 5\n',
      'workspace.code_is_no_integration: sync.ts, the code of the integration sync, was expected to export defineIntegration({…}) by default; it exports the number 5',
    ],
    [
      'another name',
      define("name: 'sink', platforms: {}"),
      'workspace.code_is_another: sync.ts was expected to define the integration sync; it defines sink',
    ],
    [
      'a platform that no side brings',
      define("name: 'sync', platforms: { erp: { name: 'erp' } }"),
      'workspace.code_platform_unknown: the code of sync uses the platform erp; the sides in its file bring crm, shop',
    ],
  ])('is refused for %s', async (_, code, problem) => {
    expect(await failure(code)).toContain(problem)
  })

  it('of an integration that is not there names those that are', async () => {
    expect(await failure('', 'sunc')).toBe('workspace.integration_unknown: there is no integration sunc in this workspace; it has sync')
  })
})
