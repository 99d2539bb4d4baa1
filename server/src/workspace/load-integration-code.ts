import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Integration as IntegrationCode } from '@bridgekeeper/sdk'
import { errors } from './errors.ts'
import { found } from './expectation.ts'
import type { Workspace } from './workspace.ts'

/**
 * Imports the TypeScript module of an integration and checks that it fits its file: the same name, and only platforms that its sides
 * bring. Node keeps a module once it is imported; after a change of the code start a new process.
 *
 * @param name metadata.name of the integration
 * @throws workspace.integration_unknown, code_missing, code_fails, code_is_no_integration, code_is_another, code_platform_unknown
 */
export async function loadIntegrationCode(workspace: Workspace, name: string): Promise<IntegrationCode> {
  const entity = workspace.integrations.get(name)
  if (!entity) throw errors.integration_unknown({ name, known: [...workspace.integrations.keys()].join(', ') || 'none' })
  if (!entity.spec.code) throw errors.code_missing({ integration: name })
  const path = workspace.fileOf(entity, entity.spec.code)
  const file = relative(workspace.root, path)
  const code = await importDefault(path, name, file, workspace.root)
  if (!isIntegration(code))
    throw errors.code_is_no_integration({ integration: name, file, found: code === undefined ? 'nothing' : found(code) })
  if (code.name !== name) throw errors.code_is_another({ integration: name, file, found: code.name })
  const known = entity.spec.sides.flatMap(({ platforms }) => platforms)
  const stranger = Object.values(code.platforms).find((platform) => !known.includes(platform.name))
  if (stranger) throw errors.code_platform_unknown({ integration: name, platform: stranger.name, known: known.join(', ') || 'none' })
  return code
}

async function importDefault(path: string, integration: string, file: string, root: string): Promise<unknown> {
  try {
    return ((await import(pathToFileURL(path).href)) as { default?: unknown }).default
  } catch (error) {
    throw errors.code_fails({ integration, file, reason: error instanceof Error ? reasonOf(error, root) : String(error) }, error)
  }
}

/** The message, with the place that Node knows: the line itself for what can't be read, otherwise the topmost call in the workspace. */
function reasonOf(error: Error, root: string): string {
  const { message, stack = '' } = error
  const inWorkspace = (text: string) => text.replaceAll(pathToFileURL(`${root}/`).href, '').replaceAll(`${root}/`, '')
  const [shown = ''] = stack.split(/^\w*Error\b/m)
  if (shown.trim()) return `${message}\n${inWorkspace(shown.trimEnd())}`
  const call = stack
    .split('\n')
    .find((line) => /^\s+at /.test(line) && line.includes(pathToFileURL(root).href) && !line.includes('/node_modules/'))
  const place = call && /\(?([^\s(]+:\d+:\d+)\)?$/.exec(inWorkspace(call))
  return place ? `${message} (${place[1]})` : inWorkspace(message)
}

function isIntegration(code: unknown): code is IntegrationCode {
  if (typeof code !== 'object' || code === null) return false
  const { name, version, platforms, flows } = code as Record<string, unknown>
  return typeof name === 'string' && typeof version === 'string' && typeof platforms === 'object' && typeof flows === 'object'
}
