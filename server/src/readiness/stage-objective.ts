import type { Integration, Stage } from '../workspace/index.ts'

const usualPpm: Partial<Record<Stage, number>> = { beta: 990_000, ga: 995_000, deprecated: 995_000, sunset: 995_000 }
const criticalPpm = 999_000

/**
 * The availability of the whole bridge that a stage demands in parts per million, whether a file names one or not: beta 99.0 %, from ga on
 * 99.5 %, with critical support 99.9 %; undefined: none, nobody relies on it yet.
 */
export function stageObjectivePpm({ support }: Integration['spec'], stage: Stage): number | undefined {
  const usual = usualPpm[stage]
  return usual !== undefined && support?.profile === 'critical' && stage !== 'beta' ? criticalPpm : usual
}

/** Whether the files set an availability of the whole bridge; else that of its stage holds. */
export const namesAvailability = ({ serviceLevels }: Pick<Integration['spec'], 'serviceLevels'>): boolean =>
  serviceLevels.some(({ indicator, side, flow }) => indicator === 'availability' && side === undefined && flow === undefined)

/** How the facts call what a stage demands. */
export const stageObjectiveName = (stage: Stage): string => `stage/${stage}`
