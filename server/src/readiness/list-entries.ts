import type { Integration } from '../workspace/index.ts'
import { checks } from './checks/index.ts'
import type { IntegrationFacts } from './facts.ts'
import { type Judgement, makeContext } from './make-context.ts'
import { type JudgedTier, judgeEntry } from './program-entry.ts'

export type JudgedProgram = JudgedTier & {
  platform: string
  /** As the platform calls it; absent: it has none. */
  program?: string
  /** The integration names this tier; the others are shown for who wants to know what they would take. */
  named: boolean
}

/** Every tier of the programs of the platforms that an integration bridges, with what each asks of it and whether that is so. */
export function listProgramEntries(judgement: Judgement, integration: Integration, facts: IntegrationFacts): JudgedProgram[] {
  const context = makeContext(judgement, integration, facts)
  const { sides, programs } = integration.spec
  return sides
    .flatMap(({ platforms }) => platforms)
    .flatMap((platform) => {
      const own = programs.find((entry) => entry.platform === platform)
      const { title, tiers = [] } = judgement.workspace.platforms.get(platform)?.spec.program ?? {}
      const names = [...tiers.map(({ name }) => name), ...(own && tiers.every(({ name }) => name !== own.tier) ? [own.tier] : [])]
      return names.map((tier) => ({
        platform,
        ...(title !== undefined && { program: title }),
        named: own?.tier === tier,
        ...judgeEntry(context, { criteria: [], ...own, platform, tier }, checks),
      }))
    })
}
