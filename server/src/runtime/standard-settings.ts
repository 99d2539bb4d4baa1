import type { Integration, StandardSchema } from '@bridgekeeper/sdk'
import { errors } from './errors.ts'

/**
 * Settings as an instance stores them: what the customer set, checked and completed by the integration's schema.
 *
 * @throws runtime.settings_invalid with every problem and its place
 */
export async function readSettings(integration: Integration, given: Record<string, unknown>): Promise<Record<string, unknown>> {
  if (!integration.settings) {
    const names = Object.keys(given)
    if (names.length > 0)
      throw errors.settings_invalid({ integration: integration.name, problems: `it has no settings, found ${names.join(', ')}` })
    return {}
  }
  const result = await (integration.settings as StandardSchema)['~standard'].validate(given)
  if (result.issues) {
    const problems = result.issues.map((issue) => `${pathOf(issue.path)}: ${issue.message}`).join('; ')
    throw errors.settings_invalid({ integration: integration.name, problems })
  }
  return result.value as Record<string, unknown>
}

function pathOf(path: readonly unknown[] | undefined): string {
  if (!path || path.length === 0) return 'settings'
  return path.map((part) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part)).join('.')
}
