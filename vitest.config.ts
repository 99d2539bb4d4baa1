import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './server/test/longest-first.ts'

const all = ['sdk/**/*.test.ts', 'server/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts']
/** A tracer keeps the first provider that its process registers; ids never go back behind a clock that was moved ahead. */
const ownProcess = [
  'server/test/traces.test.ts',
  'server/src/gateway/tls-and-traces.test.ts',
  'server/src/gateway/pacing.test.ts',
  'server/src/gateway/turns.test.ts',
]
const never = ['**/node_modules/**', '**/.bridgekeeper/**']

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'own process', include: ownProcess, exclude: never } },
      // The files of a worker share its process, so that the server's modules are read, compiled and optimized twice and not once per file: of 69
      // files that took 90 s of processor time 54 were left (2026-11-28). What a file changes of the process it puts back in `afterAll`.
      { extends: true, test: { name: 'shared process', include: all, exclude: [...never, ...ownProcess], isolate: false } },
    ],
    globalSetup: ['server/test/postgres-server.ts'],
    pool: 'forks',
    // Two files at once: the tests start real servers, and the machines that run them have two cores.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // The children of tests keep what they have compiled where the program does, also those that are killed before Node would write it.
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(import.meta.dirname, 'server/.cache') },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A browser or a child process on a loaded machine needs longer than the second that polls get by default.
    expect: { poll: { timeout: 20_000 } },
    // The crash, browser and process tests race a shared machine; what fails twice in a row is no accident.
    retry: process.env.CI ? 1 : 0,
  },
})
