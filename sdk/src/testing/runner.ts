/** The two functions by which every test runner is told of tests. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>, timeoutMs?: number): unknown
}

/**
 * The runner that runs the file that calls: Vitest, or Node's own, or whatever has put `describe` and `it` into the global scope.
 *
 * @throws Error when there is none
 */
export async function findRunner(): Promise<Runner> {
  const globals = globalThis as Partial<Runner>
  if (globals.describe && globals.it) return globals as Runner
  // Not a literal, so that neither bundlers nor compilers look for a package that need not be there.
  if (process.env.VITEST) return import(['vitest'].join()) as Promise<Runner>
  if (process.env.NODE_TEST_CONTEXT) {
    const { describe, it } = await import('node:test')
    return { describe, it: (name, body, timeoutMs) => it(name, { timeout: timeoutMs ?? Number.POSITIVE_INFINITY }, body) }
  }
  throw new Error('testIntegration found no test runner: run the file with vitest or node --test, or pass { runner: { describe, it } }')
}
