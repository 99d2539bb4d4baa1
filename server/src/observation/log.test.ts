import { expect, it } from 'vitest'
import { createLog } from './index.ts'

it('never writes a planted secret, whatever name it travels under', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line: string) => void lines.push(line) })
  const canary = 'canary-4711'
  log.info(
    {
      authorization: canary,
      request: { headers: { authorization: canary, cookie: canary, 'set-cookie': canary } },
      connection: { password: canary, apiKey: canary },
    },
    'call',
  )
  log.error({ err: Object.assign(new Error('refused'), { values: { token: canary }, code: 'gateway.refused', fix: 'renew it' }) }, 'failed')
  const text = lines.join('')
  expect(text).not.toContain(canary)
  expect(text).toContain('[secret]')
  expect(text).toContain('gateway.refused')
})
