import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { assessReadiness } from '../../server/src/readiness/index.ts'
import { loadWorkspace } from '../../server/src/workspace/index.ts'
import { writeLargeWorkspace } from './large-workspace.ts'

it('a workspace of 200 integrations × 40 organizations is validated and scored in less than two seconds of CPU time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'large-workspace-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeLargeWorkspace(folder, { integrations: 200, organizations: 40 })
  // CPU time, because the tests share their two cores with others.
  const before = process.cpuUsage()
  const { workspace, problems } = await loadWorkspace(folder)
  const reports = assessReadiness(workspace, { of: () => ({}) }, '2026-11-20')
  const { user, system } = process.cpuUsage(before)
  expect(reports.length).toBe(200)
  expect(problems).toEqual([])
  expect([workspace.integrations.size, workspace.agreements.size, workspace.organizations.size]).toEqual([200, 200, 40])
  expect((user + system) / 1000).toBeLessThan(2_000)
})
