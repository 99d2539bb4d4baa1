import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { type CleanUps, onceSignalled } from './clean-ups.ts'
import { createIo } from './io.ts'

function command() {
  const stdout = new PassThrough()
  const undone: string[] = []
  const cleanUps: CleanUps = ['database', 'server'].map((name) => async () => undone.push(name))
  const stop = onceSignalled(createIo({ stdout, stderr: new PassThrough(), stdin: new PassThrough() }, {}), cleanUps)
  return { stdout, stop, undone }
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('what a command started ends in reverse order, once, when %s comes', async (signal) => {
  const { stop, undone } = command()
  process.emit(signal)
  process.emit(signal)
  await stop.done
  expect(undone).toEqual(['server', 'database'])
  expect(stop.signal.aborted).toBe(true)
})

it.each(['EPIPE', 'EIO'])('it ends as well when nobody reads what it prints: %s', async (code) => {
  const { stdout, stop, undone } = command()
  stdout.emit('error', Object.assign(new Error('gone'), { code }))
  await stop.done
  expect(undone).toEqual(['server', 'database'])
})
