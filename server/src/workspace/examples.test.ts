import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explainProblems } from './explain-problems.ts'
import { loadWorkspace } from './load-workspace.ts'

const examples = new URL('../../../examples/', import.meta.url).pathname
const roots = readdirSync(examples, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('bridgekeeper.yaml') && !file.includes('node_modules'))
  .map((file) => dirname(file))
  .sort()

describe('the examples', () => {
  it('are found, so that the next claim is about something', () => {
    expect(roots).toContain('github-helpdesk')
  })

  it.each(roots)('%s is a workspace without problems', async (root) => {
    const { problems } = await loadWorkspace(examples + root)
    expect(explainProblems(problems)).toBe('')
  })
})

describe('a loaded workspace', () => {
  it('answers by name, in the order of names, with people, agreements and places', async () => {
    const { workspace } = await loadWorkspace(`${examples}github-helpdesk/platforms/helpdesk`)
    expect([...workspace.organizations.keys()]).toEqual(['bridgeworks', 'github', 'helpdesk'])
    expect(workspace.settings.spec.operator).toBe('helpdesk')
    expect(workspace.person('helpdesk/ada')?.fullName).toBe('Ada Krüger')
    expect([workspace.person('helpdesk/nobody'), workspace.person('nobody/ada'), workspace.person('ada')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(workspace.agreementsOf('github-helpdesk').map(({ metadata }) => metadata.name)).toEqual(['helpdesk-bridgeworks-2026'])
    expect(workspace.agreementsOf('other')).toEqual([])
  })

  it('knows where a value stands and where a named file is', async () => {
    const { workspace } = await loadWorkspace(`${examples}github-helpdesk`)
    const platform = workspace.platforms.get('helpdesk')!
    expect(workspace.placeOf(platform, ['spec', 'owner'])).toEqual({ file: 'platforms/helpdesk/platform.yaml', line: 9, column: 3 })
    expect(workspace.placeOf({ ...platform })).toBeUndefined()
    expect(workspace.fileOf(platform, './openapi.yaml')).toBe(`${workspace.root}/platforms/helpdesk/openapi.yaml`)
    const github = workspace.platforms.get('github')!
    expect(workspace.fileOf(github, github.spec.contract!.file)).toMatch(
      /node_modules\/@octokit\/openapi\/generated\/api\.github\.com\.json$/,
    )
  })
})
