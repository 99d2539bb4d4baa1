import { join } from 'node:path'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'

/** The workspace of two tenants, in which acme's shop is bridged twice: to hooli (`shop-crm`) and to globex (`shop-desk`). */
export async function bridgedTwice(): Promise<Workspace> {
  const { workspace } = await loadWorkspace(join(import.meta.dirname, 'two-tenants'))
  const crm = workspace.integrations.get('shop-crm')!
  const [shop, other] = crm.spec.sides
  const globex = { ...other!, organization: 'globex', platforms: ['desk'], roster: [] }
  const desk = { ...crm, metadata: { ...crm.metadata, name: 'shop-desk' }, spec: { ...crm.spec, sides: [shop!, globex] } }
  return { ...workspace, integrations: new Map([crm, desk].map((one) => [one.metadata.name, one])) }
}
