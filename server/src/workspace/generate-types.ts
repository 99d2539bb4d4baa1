import { clientName } from '@bridgekeeper/sdk'
import { type JsonObject, type Selection, selectContract } from './select-contract.ts'

/** What a platform's module is made from. */
export interface ContractSource extends Selection {
  document: JsonObject
}

/**
 * The TypeScript module with a platform's types and its constant, made from its contract. The same contract and selection give the same
 * bytes. Written by `bridgekeeper types`, imported by integrations.
 *
 * @throws types.operation_unknown, types.webhook_unknown, types.reference_broken
 */
export async function generatePlatformModule({ document, ...selection }: ContractSource): Promise<string> {
  // Loaded when needed: it brings a TypeScript compiler, and the server that shares this folder must stay small.
  const { astToString, default: openapiTS } = await import('openapi-typescript')
  const contract = selectContract(document, selection)
  // Without `defaultNonNullable: false` a field with a default would be required in request bodies.
  const nodes = await openapiTS(contract as never, { silent: true, defaultNonNullable: false, alphabetize: false })
  const { title = 'untitled', version = 'without version' } = contract.info as { title?: string; version?: string }
  const code = compact(astToString(nodes))
  return `// Written by \`bridgekeeper types ${selection.platform}\` from: ${title}, ${version}. Do not edit: run it again.
import { definePlatform } from '@bridgekeeper/sdk'

${code}${code.includes('\n  schemas: {') ? "\nexport type schemas = components['schemas']\n" : ''}
export const ${clientName(selection.platform)} = definePlatform<paths, webhooks>('${selection.platform}')
`
}

/** Half of the text that openapi-typescript writes says that something is not there. What is optional and never there can be left out. */
function compact(code: string): string {
  return (
    code
      .replace(
        /^ *(?:query|header|path|cookie|requestBody|get|put|post|delete|options|head|patch|trace|responses|parameters|requestBodies|headers|pathItems)\??: never;\n/gm,
        '',
      )
      .replace(/^ *parameters: \{\n *\};\n/gm, '')
      .replace(/^ *headers: \{\n *\[name: string\]: unknown;\n *\};\n/gm, '')
      // A record would have every name.
      .replace(/^export type (paths|webhooks|components) = Record<string, never>;$/gm, 'export interface $1 {}')
      .replace(/^export type \$defs = .*\n/gm, '')
      .replace(/^export type operations = .*\n/gm, '')
      .replace(/^ *\/\*\* @enum \{.*\} \*\/\n/gm, '')
      .replace(/^ *\* @enum \{.*\}\n/gm, '')
      .replace(/^ *\/\*\* @constant \*\/\n/gm, '')
      .replace(/^( *)\/\*\*\n *\* (.*)\n *\*\/\n/gm, '$1/** $2 */\n')
      .replaceAll('@description ', '')
      .replace(/^ +/gm, (indent) => ' '.repeat(indent.length / 2))
  )
}
