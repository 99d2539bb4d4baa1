import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findRoot } from './find-files.ts'
import { type LoadedWorkspace, loadWorkspace } from './load-workspace.ts'
import type { Mend, Problem } from './problem.ts'

export interface MendedWorkspace extends LoadedWorkspace {
  /** The problems that are gone, as they stood before, in the order in which they were mended. */
  mended: Problem[]
}

// A mended tab lets the parser see further, and what it sees may be mendable too; five rounds are more than any file needed.
const maximumRounds = 5

/**
 * Writes every mend that needs no judgement into the files, keeping comments and formatting, until none is left.
 * What needs judgement stays in `problems`. Run twice, the second run changes nothing.
 */
export async function mendWorkspace(folder: string): Promise<MendedWorkspace> {
  const root = await findRoot(folder)
  const mended: Problem[] = []
  for (let round = 0; ; round++) {
    const loaded = await loadWorkspace(root)
    const mendable = loaded.problems.filter(({ mend }) => mend)
    if (mendable.length === 0 || round === maximumRounds) return { ...loaded, mended }
    for (const [file, problems] of Map.groupBy(mendable, ({ file }) => file)) mended.push(...(await mendFile(join(root, file), problems)))
  }
}

async function mendFile(path: string, problems: Problem[]): Promise<Problem[]> {
  const text = await readFile(path, 'utf8')
  // Offsets are counted after a byte order mark, which some editors write.
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const chosen = withoutOverlap(problems)
  await writeFile(
    path,
    mark +
      applyMends(
        text.slice(mark.length),
        chosen.map(({ mend }) => mend!),
      ),
  )
  return chosen
}

/** Two mends of the same characters wait for each other: the second comes back in the next round if it is still needed. */
function withoutOverlap(problems: readonly Problem[]): Problem[] {
  let end = -1
  return [...problems]
    .sort((a, b) => a.mend!.start - b.mend!.start || a.mend!.end - b.mend!.end)
    .filter(({ mend }) => {
      if (mend!.start < end) return false
      end = Math.max(mend!.end, mend!.start + 1)
      return true
    })
}

/** Replaces pieces of a text. The pieces must not overlap; they may come in any order. */
export function applyMends(text: string, mends: readonly Mend[]): string {
  return [...mends]
    .sort((a, b) => b.start - a.start)
    .reduce((mended, { start, end, text }) => mended.slice(0, start) + text + mended.slice(end), text)
}
