import type { PairNode } from './compare-schemas.ts'
import type { LocalFinding, Segment } from './schema-pair.ts'

/** Paths told for one shared schema in one body, and for all schemas of one body; then only first paths are told. */
const maxPathsPerPair = 200
const maxVisitsPerRoot = 4_000

/** Shared by all bodies of a comparison: further paths that may still be told. */
export interface PathBudget {
  left: number
}

export function newPathBudget(): PathBudget {
  return { left: 100_000 }
}

interface Step {
  node: PairNode
  path: Step | undefined
  segment: Segment | undefined
}

/**
 * Tells every local finding below a root with its path, nearest first. A shared schema is told at several paths, a
 * recursive one not inside itself; each finding is told at least once, and the work stays bounded however schemas are knotted.
 */
export function expand(root: PairNode, budget: PathBudget, tell: (finding: LocalFinding, path: Segment[]) => void): void {
  const visits = new Map<PairNode, number>()
  let queue: Step[] = root.dirty ? [{ node: root, path: undefined, segment: undefined }] : []
  for (let total = 0; queue.length > 0; ) {
    const next: Step[] = []
    for (const step of queue) {
      const seen = visits.get(step.node) ?? 0
      if (seen >= maxPathsPerPair || (seen > 0 && (total > maxVisitsPerRoot || budget.left <= 0 || isInside(step)))) continue
      visits.set(step.node, seen + 1)
      total++
      if (seen > 0) budget.left--
      const path = step.node.local.length > 0 ? pathOf(step) : []
      for (const finding of step.node.local) tell(finding, [...path, ...finding.at])
      for (const edge of step.node.edges) if (edge.node.dirty) next.push({ node: edge.node, path: step, segment: edge.segment })
    }
    queue = next
  }
}

function isInside(step: Step): boolean {
  for (let at = step.path; at; at = at.path) if (at.node === step.node) return true
  return false
}

function pathOf(step: Step): Segment[] {
  const path: Segment[] = []
  for (let at: Step | undefined = step; at; at = at.path) if (at.segment) path.push(at.segment)
  return path.reverse()
}
