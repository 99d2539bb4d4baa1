import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compareContracts, describeFinding, type Finding, identityOf, placeOf, positionOf, readContract } from '../src/contracts/index.ts'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))
const released = (await readdir(`${docs}released`)).filter((name) => /^openapi-\d+\.\d+\.\d+\.yaml$/.test(name))
const numbers = (name: string) => name.match(/\d+/g)!.map(Number)
const latest = released.sort((a, b) => numbers(a).reduce((order, part, at) => order || part - numbers(b)[at]!, 0)).at(-1)!

/** Breaks that were decided on, by identity, each with the reason. Emptied when a release moves the baseline. */
const acknowledged: Readonly<Record<string, string>> = {}

const sentence = (finding: Finding) =>
  `${placeOf(finding)} ${positionOf(finding)}: ${describeFinding(finding)} [${finding.rule}] It breaks who uses ${latest}. ` +
  `Keep the old form beside the new one, or acknowledge '${identityOf(finding)}' with a reason in server/test/released-api.test.ts and name it in CHANGELOG.md.`

async function unacknowledgedBreaks(after: Awaited<ReturnType<typeof readContract>>): Promise<string[]> {
  const findings = compareContracts(await readContract({ path: `${docs}released/${latest}` }), after, { today: new Date('2026-01-01') })
  return findings.filter((finding) => finding.level === 'ERR' && !Object.hasOwn(acknowledged, identityOf(finding))).map(sentence)
}

it('our own API breaks nobody who uses the last released one', async () => {
  expect(await unacknowledgedBreaks(await readContract({ path: `${docs}openapi.yaml` }))).toEqual([])
})

it('an operation that is gone from our API is found, with what to do', async () => {
  const empty = JSON.stringify({ openapi: '3.1.0', info: { title: 'empty', version: '2' }, paths: {} })
  const found = await unacknowledgedBreaks(await readContract({ name: 'empty', text: empty }))
  expect(found.join('\n')).toContain('Keep the old form beside the new one')
})
