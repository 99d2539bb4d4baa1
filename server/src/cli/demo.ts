import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Demo, DemoInstance } from '@bridgekeeper/sdk'
import { authenticationOfPlatform, type Connections, Secret, secretFieldsOf } from '../connections/index.ts'
import { createInstance, listInstances } from '../runtime/index.ts'
import { type RunningSandbox, startSandbox } from '../sandbox/index.ts'
import type { RunningServer } from '../server.ts'
import type { Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'
import { sandboxSecrets } from './sandbox-secrets.ts'

/** What a server must know of sandboxes that may run in another process. */
export interface SandboxFacts {
  /** Platform → base URL. */
  urls: Record<string, string>
  /** For the list of allowed private hosts. */
  hosts: string[]
  /** The secrets with which each platform signs; the same at each start. */
  secrets: Record<string, string>
}

export interface StartedSandboxes extends SandboxFacts {
  stop(): Promise<void>
}

/** @throws cli.demo_missing */
export async function loadDemo(workspace: Workspace): Promise<Demo> {
  const file = join(workspace.root, 'demo.ts')
  if (!existsSync(file)) throw errors.demo_missing({ workspace: workspace.root })
  return ((await import(pathToFileURL(file).href)) as { default: Demo }).default
}

/** A sandbox for each platform that has a contract. Those with webhooks send them to the bridge's common address. */
export async function startSandboxes(workspace: Workspace, demo: Demo | undefined, bridgeUrl: string): Promise<StartedSandboxes> {
  const running = new Map<string, RunningSandbox>()
  const platforms = [...workspace.platforms.values()].filter(({ spec }) => spec.contract)
  const secrets = sandboxSecrets(workspace, platforms)
  for (const platform of platforms) {
    const { name } = platform.metadata
    const { contract, webhooks } = platform.spec
    running.set(
      name,
      await startSandbox({
        contract: workspace.fileOf(platform, contract!.file),
        clock: 'real',
        // The bridge remembers what an earlier start received; ids of this one must be new to it.
        seed: randomBytes(8).toString('hex'),
        autoCreateParents: true,
        fixtures: (demo?.fixtures?.[name] ?? {}) as never,
        faults: (demo?.faults?.[name] ?? []) as never,
        ...(webhooks
          ? {
              webhooks: {
                url: `${bridgeUrl}/webhooks/${name}`,
                scheme: webhooks.verification,
                secret: secrets[name]!,
                envelope: { account_id: accountOf(demo, name) },
              },
            }
          : {}),
      }),
    )
  }
  const urls = Object.fromEntries([...running].map(([name, sandbox]) => [name, sandbox.url]))
  return {
    urls,
    hosts: Object.values(urls).map((url) => new URL(url).host),
    secrets,
    stop: async () => {
      await Promise.all([...running.values()].map((sandbox) => sandbox.stop()))
    },
  }
}

function accountOf(demo: Demo | undefined, platform: string): string {
  return (demo?.instances ?? []).flatMap((instance) => instance.accounts?.[platform] ?? [])[0] ?? 'acc_demo'
}

/** Makes the instances of the demo where they are missing. The platforms' secrets are those of the sandboxes: others end, and one in force stays as it is. */
export async function prepareDemo(server: RunningServer, workspace: Workspace, demo: Demo, sandboxes: SandboxFacts): Promise<void> {
  const { connections, integrations } = server.bridge
  const { webhookSecrets } = connections
  const agreeOn = async (address: (platform: string) => string): Promise<void> => {
    for (const [platform, secret] of Object.entries(sandboxes.secrets)) {
      const source = address(platform)
      const inForce = await webhookSecrets.inForce(source)
      if (!inForce.some((one) => one.equals(secret))) await webhookSecrets.rotate(source, new Secret(secret), 0)
    }
  }
  await agreeOn((platform) => platform)
  const existing = (await listInstances(server.database.executor, { limit: 500 })).filter(({ state }) => state !== 'removed')
  for (const wanted of demo.instances) {
    const found = existing.find((instance) => instance.customer === wanted.customer && instance.integration === wanted.integration)
    const instance =
      found ??
      (await createInstance(
        { database: server.database, integrations, gate: server.gate },
        {
          ...wanted,
          name: 'main',
          connections: await connectCustomer(connections, workspace, wanted, Object.keys(sandboxes.urls)),
          by: 'demo',
        },
      ))
    await agreeOn((platform) => `${platform}/${instance.key}`)
  }
}

async function connectCustomer(
  connections: Connections,
  workspace: Workspace,
  wanted: DemoInstance,
  platforms: readonly string[],
): Promise<Record<string, string>> {
  const connected: Record<string, string> = {}
  for (const platform of platforms) {
    const authentication = authenticationOfPlatform(workspace.platforms.get(platform)!)
    const secrets = Object.fromEntries(secretFieldsOf(authentication.kind).map((field) => [field, new Secret(`demo-${wanted.customer}`)]))
    const owner = { platform, organization: wanted.organization, customer: wanted.customer }
    const [known] = await connections.list({ ...owner, limit: 1 })
    connected[platform] = (known ?? (await connections.add({ ...owner, authentication }, secrets))).id
  }
  return connected
}
