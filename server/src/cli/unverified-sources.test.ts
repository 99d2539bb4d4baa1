import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { loadWorkspace } from '../workspace/index.ts'
import { createIo } from './io.ts'
import { warnOfUnverified } from './unverified-sources.ts'

it('names each source of which anybody can send events, with the reason of its file, and no other', async () => {
  const { workspace } = await loadWorkspace(join(import.meta.dirname, '../../../examples/invoice-bridges'))
  const stderr = new PassThrough()
  warnOfUnverified(createIo({ stdout: new PassThrough(), stderr, stdin: new PassThrough() }, {}), workspace)
  expect(String(stderr.read())).toBe(
    'Webhooks of stockroom-wms are not verified: whoever knows the address can send events (Stockroom does not sign yet).\n',
  )
})
