/** The functions by which every test runner is told of tests. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>, timeoutMs?: number): unknown
  /** Runs after the tests of the `describe` around it. Without it, what tests share ends a moment later by itself. */
  after?(body: () => Promise<void>): unknown
}

/**
 * The runner that runs the file that calls: Vitest, or Node's own, or whatever has put `describe` and `it` into the global scope.
 *
 * @throws Error when there is none
 */
export async function findRunner(): Promise<Runner> {
  // Not a literal, so that neither bundlers nor compilers look for a package that need not be there.
  if (process.env.VITEST) {
    const { describe, it, afterAll } = await import(['vitest'].join())
    return { describe, it, after: afterAll }
  }
  if (process.env.NODE_TEST_CONTEXT) {
    const { describe, it, after } = await import('node:test')
    return { describe, it: (name, body, timeoutMs) => it(name, { timeout: timeoutMs ?? Number.POSITIVE_INFINITY }, body), after }
  }
  const { describe, it, afterAll } = globalThis as { describe?: Runner['describe']; it?: Runner['it']; afterAll?: Runner['after'] }
  if (describe && it) return { describe, it, ...(afterAll ? { after: afterAll } : {}) }
  throw new Error('testIntegration found no test runner: run the file with vitest or node --test, or pass { runner: { describe, it } }')
}
