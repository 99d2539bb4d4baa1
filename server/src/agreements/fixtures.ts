import { join } from 'node:path'
import fc from 'fast-check'
import { type Agreement, type Commitment, entitySchemas, loadWorkspace, type Workspace } from '../workspace/index.ts'

/** The day on which the example is judged by every test. */
export const today = '2026-11-20'

/** The example with one bridge that both sides hold (`meridian-quill`) and one that stands on one person. */
export async function exampleWorkspace(): Promise<Workspace> {
  const { workspace, problems } = await loadWorkspace(join(import.meta.dirname, '../../../examples/invoice-bridges'))
  if (problems.length > 0) throw new Error(problems.map((problem) => `${problem.file}:${problem.line} ${problem.message}`).join('\n'))
  return workspace
}

/** A commitment that is as good as one can be; tests take parts away. */
export const sound: Commitment = {
  id: 'acme-availability',
  party: 'acme',
  does: 'The API answers',
  duty: 'slo',
  critical: true,
  measure: { indicator: 'availability', window: 'calendar-month' },
  target: { atLeast: { kind: 'share', ppm: 995_000 } },
  clock: 'always',
  evidence: 'traffic as measured by the bridge',
  remedy: { kind: 'credit', ladder: [{ below: { ppm: 995_000 }, credit: { ppm: 100_000 } }] },
  owner: 'acme/ada',
}

/** A signed agreement of acme and bolt with everything defaulted that can be. */
export function agreementOf(spec: Record<string, unknown> = {}, name = 'acme-bolt'): Agreement {
  const parties = ['acme', 'bolt'].map((organization) => ({
    organization,
    role: 'partner',
    signatory: `${organization}/ada`,
    signedOn: '2025-12-01',
  }))
  return entitySchemas.Agreement.parse({
    apiVersion: 'bridgekeeper.dev/v1',
    kind: 'Agreement',
    metadata: { name },
    spec: { version: '1', status: 'signed', parties, term: { start: '2026-01-01', end: '2026-12-31', renewal: 'none' }, ...spec },
  })
}

/** The same agreement with its parsed spec edited. */
export function edited(agreement: Agreement, edit: (spec: Agreement['spec']) => void): Agreement {
  const copy = structuredClone(agreement)
  edit(copy.spec)
  return copy
}

const sentence = fc.constantFrom(
  'shall at all times guarantee 99.9% uptime',
  'will use best efforts',
  'answers',
  'MUST always ensure PT4H response',
)

/** Commitments of any make: each essential part present, absent or hollow. */
export const anyCommitment: fc.Arbitrary<Commitment> = fc
  .record({
    does: sentence,
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    party: fc.constantFrom('acme', 'bolt'),
    duty: fc.option(fc.constantFrom('owner', 'on-call', 'slo', 'docs', 'funding', 'support'), { nil: undefined }),
    measure: fc.option(
      fc.constantFrom(sound.measure, { indicator: 'count' as const, of: 'late releases' }, { indicator: 'other' as const }),
      { nil: undefined },
    ),
    target: fc.option(
      fc.constantFrom(sound.target, { atMost: { kind: 'number' as const, number: 3 } }, { atLeast: { kind: 'share' as const, ppm: 0 } }),
      {
        nil: undefined,
      },
    ),
    remedy: fc.option(
      fc.constantFrom(sound.remedy, { kind: 'credit' as const, ladder: [] }, { kind: 'termination-right' as const, ladder: [] }),
      { nil: undefined },
    ),
    critical: fc.boolean(),
  })
  .map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as unknown as Commitment)
