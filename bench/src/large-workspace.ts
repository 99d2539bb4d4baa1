import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const example = join(import.meta.dirname, '../../examples/github-helpdesk')

/** `organization(7)` → org-7. Every organization has all people and calendars of the example, so every reference finds its target. */
const organization = (number: number): string => `org-${number}`

/**
 * Writes a workspace as big as a busy marketplace: every integration is the example's, with its roster, duties, documentation and roadmap,
 * between two of the platforms and a third party, and has an agreement.
 *
 * @returns bytes of YAML written
 */
export async function writeLargeWorkspace(folder: string, counts: { integrations: number; organizations: number }): Promise<number> {
  const read = (file: string) => readFile(join(example, file), 'utf8')
  const [github, helpdesk, bridgeworks] = await Promise.all(
    ['github', 'helpdesk', 'bridgeworks'].map((name) => read(`organizations/${name}.yaml`)),
  )
  const [integration, agreement, platform] = await Promise.all([
    read('integration.yaml'),
    read('agreement.yaml'),
    read('platforms/helpdesk/platform.yaml'),
  ])
  const files = new Map([['bridgekeeper.yaml', 'apiVersion: bridgekeeper.dev/v1\nkind: Workspace\nmetadata: { name: large }\nspec: {}\n']])
  for (let number = 0; number < counts.organizations; number += 1) {
    files.set(`organizations/${organization(number)}.yaml`, organizationFile(number, [helpdesk!, github!, bridgeworks!]))
    files.set(`platforms/${organization(number)}.yaml`, platformFile(platform, number))
  }
  for (let number = 0; number < counts.integrations; number += 1) {
    const names = [number, number + 1, number + 2].map((at) => organization(at % counts.organizations))
    files.set(`integrations/bridge-${number}.yaml`, between(integration, names, number).replace('  code: ./integration.ts\n', ''))
    files.set(`agreements/deal-${number}.yaml`, between(agreement, names, number))
  }
  for (const name of ['organizations', 'platforms', 'integrations', 'agreements']) await mkdir(join(folder, name), { recursive: true })
  await Promise.all([...files].map(([file, text]) => writeFile(join(folder, file), text)))
  return [...files.values()].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0)
}

/** The words that name something in the example, in places where they are names and not prose. */
function between(text: string, [github = '', helpdesk = '', bridgeworks = '']: string[], number: number): string {
  const names: Record<string, string> = { github, helpdesk, bridgeworks }
  return text
    .replaceAll('helpdesk-bridgeworks-2026', `deal-${number}`)
    .replaceAll(/\bgithub-helpdesk\b/g, `bridge-${number}`)
    .replaceAll(
      /(?<=(?:organization|platform|side|party|payer|payee|collector|firstLine|builder|host|seller|supporter): |platforms: \[)(github|helpdesk|bridgeworks)\b/g,
      (name) => names[name]!,
    )
    .replaceAll(/\b(github|helpdesk|bridgeworks)(?=\/[a-z]+(?:[ ,}\]]|$))/gm, (name) => names[name]!)
}

function organizationFile(number: number, [helpdesk = '', ...others]: string[]): string {
  const people = others.flatMap((text) => text.match(/^ {4}- \{ name: .*fullName.*$/gm) ?? [])
  const renamed = helpdesk
    .replaceAll(/\bhelpdesk(?=\/|$)/gm, organization(number))
    .replace('name: helpdesk', `name: ${organization(number)}`)
  return renamed.replace('  people:\n', `  people:\n${people.join('\n')}\n`)
}

function platformFile(text: string, number: number): string {
  const name = organization(number)
  return text
    .replace(/ {2}contract:\n(?: {4}.*\n)+/, '')
    .replace('name: helpdesk', `name: ${name}`)
    .replace('owner: helpdesk', `owner: ${name}`)
    .replaceAll(/\bhelpdesk(?=\/[a-z])/g, name)
}
