import { BridgekeeperError } from '../../errors/index.ts'
import { checkSweeps, createIntegrations } from '../../runtime/index.ts'
import { countProblems, explainProblems, type LoadedWorkspace, loadIntegrationCode, type Workspace } from '../../workspace/index.ts'
import { bad, counted, type Finding, ok } from './finding.ts'

export function checkFiles({ workspace, problems }: LoadedWorkspace): Finding {
  if (problems.length === 0)
    return ok(
      'workspace',
      `${counted(workspace.integrations.size, 'integration')}, ${counted(workspace.platforms.size, 'platform')} in ${workspace.root}`,
    )
  const shown = explainProblems(problems.slice(0, 3))
  return bad(
    'workspace',
    `${countProblems(problems)}\n${shown}`,
    'Mend them; `bridgekeeper workspace check` shows all, and with --fix mends what needs no judgement.',
  )
}

/** One finding per integration with code: the program would not start with one that can't be imported or run. */
export async function checkCode(workspace: Workspace): Promise<Finding[]> {
  const withCode = [...workspace.integrations.values()].filter(({ spec }) => spec.code)
  return Promise.all(
    withCode.map(async ({ metadata: { name } }) => {
      const check = `code of ${name}`
      try {
        const code = await loadIntegrationCode(workspace, name)
        createIntegrations([code])
        checkSweeps([code], workspace.settings.spec.retention.deliveries)
        const { version, flows } = code
        return ok(check, `version ${version}, ${counted(Object.keys(flows).length, 'flow')}`)
      } catch (error) {
        if (!(error instanceof BridgekeeperError)) throw error
        return bad(check, error.message, error.fix)
      }
    }),
  )
}

/** One finding per webhook source. A source that proves nothing is bad, however well it works. */
export function checkWebhooks(workspace: Workspace): Finding[] {
  return [...workspace.platforms.values()].flatMap(({ metadata: { name }, spec: { webhooks } }) => {
    if (!webhooks) return []
    const check = `webhooks of ${name}`
    const { verification } = webhooks
    if (verification.scheme !== 'unverified') return [ok(check, `verified: ${verification.scheme}`)]
    return [
      bad(
        check,
        `unverified: whoever knows the address can send events (${verification.reason})`,
        `Declare how ${name} signs under spec.webhooks.verification of its Platform file.`,
      ),
    ]
  })
}
