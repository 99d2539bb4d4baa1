import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['sdk/**/*.test.ts', 'server/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.bridgekeeper/**'],
    globalSetup: ['server/test/postgres-server.ts'],
    pool: 'forks',
    // Two files at once: the tests start real servers, and the machines that run them have two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A browser or a child process on a loaded machine needs longer than the second that polls get by default.
    expect: { poll: { timeout: 20_000 } },
    // The crash, browser and process tests race a shared machine; what fails twice in a row is no accident.
    retry: process.env.CI ? 1 : 0,
  },
})
