import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../src/http/index.ts'
import { addApiKey } from '../src/identity/index.ts'
import { createLog, createMetrics } from '../src/observation/index.ts'
import { planningRoutes, receiptRoutes } from '../src/planning/index.ts'
import { loadWorkspace } from '../src/workspace/index.ts'
import { runCommand } from './run-command.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

let database: TestDatabase
let server: Server
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hours-command-'))
  await cp(join(import.meta.dirname, '..', '..', 'examples', 'plans', 'two-open-platforms'), folder, { recursive: true })
  const plan = join(folder, 'plan.yaml')
  await writeFile(plan, (await readFile(plan, 'utf8')).replace('reviewOn: 2026-05-04', 'reviewOn: 2026-05-04\n    launchedOn: 2026-04-30'))
  const { workspace, problems } = await loadWorkspace(folder)
  expect(problems).toEqual([])
  database = await createTestDatabase()
  const { secret } = await addApiKey(database.executor, {
    name: 'operator',
    organization: null,
    customer: null,
    scopes: ['admin'],
    createdBy: 'test',
  })
  const app = createApp({
    database,
    workspace: () => workspace,
    metrics: createMetrics(),
    log: createLog('silent'),
    status: () => ({ roles: ['api'], stopping: false }),
    apis: [
      planningRoutes(
        database,
        () => workspace,
        async () => new Map(),
      ),
      receiptRoutes(
        database,
        () => workspace,
        async () => new Map(),
      ),
    ],
  })
  server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  env = { BRIDGEKEEPER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, BRIDGEKEEPER_KEY: secret }
})

afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const run = (...words: string[]) => runCommand(words, { folder, env })

it('hours added and imported become a calibration, and the calibration becomes the next plan’s factors', async () => {
  await writeFile(
    join(folder, 'sheet.csv'),
    'organization,plan,activity,hours,date\nnorthbeam,deskline-ledgerly,build,800,2026-03-31\ndeskline,deskline-ledgerly,question,3.5,2026-03-31\n',
  )
  expect(
    (
      await run(
        'hours',
        'add',
        '120',
        'build',
        '--organization',
        'northbeam',
        '--plan',
        'deskline-ledgerly',
        '--on',
        '2026-04-15',
        '--outsourced',
      )
    ).out,
  ).toContain('Recorded 120 h of build by northbeam')
  expect((await run('hours', 'import', 'sheet.csv')).out).toContain('2 entries added, 0 known already.')
  expect((await run('hours', 'import', 'sheet.csv')).out).toContain('0 entries added, 2 known already.')
  expect((await run('hours', 'list')).out).toMatch(/2026-04-15\s+120\s+build\s+northbeam \(outsourced\)/)
  // 3.5 hours × (95 + 130) EUR.
  expect((await run('hours', 'sum')).out).toMatch(/question \(borrowed time\)\s+deskline\s+3\.5\s+788 EUR/)
  // 920 worked on an estimate of 460: one ratio of 2 beside three of 1.5.
  expect((await run('hours', 'calibration')).out).toMatch(/deskline-ledgerly\s+460\s+920\s+2\.00[\s\S]*within 1\.61 times/)

  const reviewed = await run('plan', 'review', 'plan.yaml', '--json')
  const review = JSON.parse(reviewed.out) as { lines: { activity: string; actual: number; judgement: string }[]; borrowedHours: number }
  expect(review.lines.find((line) => line.activity === 'build')).toMatchObject({ actual: 920, judgement: 'as planned' })
  expect(review.borrowedHours).toBe(3.5)

  const before = await readFile(join(folder, 'plan.yaml'), 'utf8')
  expect((await run('plan', 'calibrate', 'plan.yaml')).exitCode).toBe(0)
  const after = await readFile(join(folder, 'plan.yaml'), 'utf8')
  expect(after).toContain('buildFactorsFrom: learned from 1 launched plan, the last on 2026-04-30')
  expect(after.split('\n')[0]).toBe(before.split('\n')[0])
  const { provenance, inputs } = JSON.parse((await run('plan', 'plan.yaml', '--json')).out)
  expect(inputs.build.p50Multiplier).toBeCloseTo(1.612, 3)
  expect(provenance['build.p50Multiplier']).toEqual({ basis: 'history', source: 'learned from 1 launched plan, the last on 2026-04-30' })
})

it('a wrong entry is refused with the field that is wrong', async () => {
  const { exitCode, out } = await run('hours', 'add', '2', 'dancing', '--organization', 'acme', '--plan', 'x', '--json')
  expect(exitCode).toBe(2)
  expect(JSON.parse(out).error.message).toContain('activity')
})
