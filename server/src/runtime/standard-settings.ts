import type { Integration, StandardSchema } from '@bridgekeeper/sdk'
import { firstFew, plainIssue } from '../errors/index.ts'
import { errors } from './errors.ts'

/** Each run of an instance holds its settings in memory. */
const maxSettingsLength = 256 * 1024

/**
 * Settings as an instance stores them: what the customer set, checked and completed by the integration's schema.
 *
 * @throws runtime.settings_invalid with every problem and its place
 */
export async function readSettings(integration: Integration, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { length } = JSON.stringify(given)
  if (length > maxSettingsLength) {
    const problems = `they have ${length} characters as JSON, at most ${maxSettingsLength} are taken`
    throw errors.settings_invalid({ integration: integration.name, problems })
  }
  if (!integration.settings) {
    const names = Object.keys(given)
    if (names.length > 0)
      throw errors.settings_invalid({ integration: integration.name, problems: `it has no settings, found ${names.join(', ')}` })
    return {}
  }
  const result = await (integration.settings as StandardSchema)['~standard'].validate(given)
  if (result.issues) {
    const problems = firstFew(result.issues.map((issue) => plainIssue(pathOf(issue.path), issue.message)))
    throw errors.settings_invalid({ integration: integration.name, problems })
  }
  return result.value as Record<string, unknown>
}

function pathOf(path: readonly unknown[] | undefined): string {
  if (!path || path.length === 0) return 'settings'
  return path.map((part) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part)).join('.')
}
