import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { explainProblems, type LoadedWorkspace, loadWorkspace, type Plan, type Workspace } from '../workspace/index.ts'
import { errors } from './plan-errors.ts'

/** A plan with the workspace it was found in. */
export interface FoundPlan {
  plan: Plan
  workspace: Workspace
  file: string
}

/** @param name a path, from the current folder, or a name in the workspace @throws plan.not_found, plan.several, plan.has_problems */
export async function findPlan(folder: string, cwd: string, name: string): Promise<FoundPlan> {
  const path = resolve(cwd, name)
  if (!existsSync(path)) {
    const { workspace, problems } = await loadWorkspace(folder)
    const plan = workspace.plans.get(name)
    if (!plan) throw missing(name, workspace, problems)
    return { plan, workspace, file: resolve(workspace.root, workspace.placeOf(plan)!.file) }
  }
  const { workspace, problems } = await loadWorkspace(dirname(path))
  const file = relative(workspace.root, path).replaceAll('\\', '/')
  const plans = [...workspace.plans.values()].filter((plan) => workspace.placeOf(plan)?.file === file)
  if (plans.length > 1) throw errors.several({ file: name, names: plans.map(({ metadata }) => metadata.name).join(', ') })
  const plan = plans[0]
  const own = problems.filter((problem) => problem.file === file)
  if (!plan || own.length > 0) throw missing(name, workspace, own)
  return { plan, workspace, file: path }
}

function missing(name: string, workspace: Workspace, problems: LoadedWorkspace['problems']) {
  if (problems.length > 0) return errors.has_problems({ name, problems: explainProblems(problems) })
  return errors.not_found({ name, known: [...workspace.plans.keys()].join(', ') || 'it has none' })
}
