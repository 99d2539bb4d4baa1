import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadWorkspace } from './load-workspace.ts'

const root = 'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: test }\nspec: {}\n'

/** Two organizations with a person each and a platform each: what most entities refer to. */
export const cast = `apiVersion: bridgekeeper.dev/v1
kind: Organization
metadata: { name: acme }
spec:
  business: product
  people:
    - { name: ada, fullName: Ada }
  calendars:
    - { name: office, timeZone: UTC, hours: [{ days: [monday], from: '09:00', to: '17:00' }] }
---
apiVersion: bridgekeeper.dev/v1
kind: Organization
metadata: { name: globex }
spec:
  business: product
  people:
    - { name: gus, fullName: Gus }
---
apiVersion: bridgekeeper.dev/v1
kind: Platform
metadata: { name: crm }
spec: { owner: acme }
---
apiVersion: bridgekeeper.dev/v1
kind: Platform
metadata: { name: shop }
spec: { owner: globex }
`

/** For tests: writes files into a folder of their own, with a root file unless one is given, and removes it afterwards. */
export async function temporaryWorkspace(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'workspace-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [file, text] of Object.entries({ 'bridgekeeper.yaml': root, ...files })) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  return folder
}

/** For tests: what a person reads, one line for each problem. */
export async function problemsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { problems } = await loadWorkspace(await temporaryWorkspace(files))
  return problems.map(({ file, line, column, message, fix }) => `${file}:${line}:${column} ${message}. ${fix}`)
}

/** For tests: one entity as a file. */
export function entity(kind: string, name: string, spec: string): string {
  return `apiVersion: bridgekeeper.dev/v1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec:\n${spec.replace(/^/gm, '  ').trimEnd()}\n`
}

const sides = 'sides:\n  - { organization: acme, platforms: [crm] }\n  - { organization: globex, platforms: [shop] }\n'

/** For tests: an integration of the cast, with more lines in its spec. The next line of its file is number 10. */
export function integration(more: string, name = 'sync'): string {
  return entity('Integration', name, `stage: pilot\nrelationship: direct\n${sides}${more}`)
}

const parties = `version: '1'
status: draft
parties:
  - { organization: acme, role: provider }
  - { organization: globex, role: partner }
term: { start: 2026-01-01, end: 2026-12-31, renewal: none }
`

/** For tests: an agreement of the cast, with more lines in its spec. The next line of its file is number 11. */
export function agreement(more: string, name = 'deal'): string {
  return entity('Agreement', name, parties + more)
}
