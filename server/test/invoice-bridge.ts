import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningSandbox, startSandbox } from '../src/sandbox/index.ts'
import { loadWorkspace, type Workspace } from '../src/workspace/index.ts'

const dayMs = 86_400_000
/** The day on which the example is as it should be. */
const exampleDay = Date.parse('2026-11-20T00:00:00Z')

const contractOf = (title: string, paths: object) => ({
  openapi: '3.0.3',
  info: { title, version: '1.0.0' },
  components: { schemas: { Item: { type: 'object', properties: { id: { type: 'string' }, number: { type: 'string' } } } } },
  paths,
})
const item = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Item' } } } }
const contracts = {
  'meridian-erp': contractOf('Meridian ERP', {
    '/invoices/{id}': {
      get: {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: { 200: { description: 'It.', ...item } },
      },
    },
  }),
  'quill-invoicing': contractOf('Quill Invoicing', {
    '/documents': { post: { requestBody: { required: true, ...item }, responses: { 201: { description: 'Made.', ...item } } } },
  }),
}

/** Reads each posted invoice at Meridian and writes it to Quill; a payment told by Quill needs nothing more than to be received. */
const flows = `
const platforms = { meridian: { name: 'meridian-erp' }, quill: { name: 'quill-invoicing' } }
export default {
  name: 'meridian-quill', version: '1.0.0', platforms, meters: [], mappings: {},
  flows: {
    invoice: {
      kind: 'on', platform: 'meridian-erp', event: 'invoice.posted', onPoison: 'park', lane: (event) => event.number,
      async run({ event, step, meridianErp, quillInvoicing }) {
        await meridianErp.GET('/invoices/{id}', { params: { path: { id: 'inv_1' } } })
        await step('write', () => quillInvoicing.POST('/documents', { body: { number: event.number } }))
      },
    },
    payment: {
      kind: 'on', platform: 'quill-invoicing', event: 'document.paid', onPoison: 'park', lane: (event) => event.number,
      async run({ meridianErp }) {
        await meridianErp.GET('/invoices/{id}', { params: { path: { id: 'inv_1' } } })
      },
    },
  },
}
`

/** The example's bridge with flows, contracts and sandboxes, in files of its own, as if the example had been written for \`today\`. */
export interface InvoiceBridge {
  file: string
  /** Changes the text of the integration's file, as a person with an editor does. @throws when nothing is changed by it */
  edit(change: (text: string) => string): Promise<void>
  load(): Promise<Workspace>
  baseUrls: Record<string, string>
  hosts: string[]
  close(): Promise<void>
}

export async function makeInvoiceBridge(today: Date, docsUrl: string): Promise<InvoiceBridge> {
  const folder = await mkdtemp(join(tmpdir(), 'invoice-bridge-'))
  await cp(join(import.meta.dirname, '..', '..', 'examples', 'invoice-bridges'), folder, { recursive: true })
  const shiftDays = Math.floor((today.getTime() - exampleDay) / dayMs)
  const shifted = (text: string): string =>
    text.replaceAll(/\b20\d\d-\d\d-\d\d\b/g, (day) =>
      new Date(Date.parse(`${day}T00:00:00Z`) + shiftDays * dayMs).toISOString().slice(0, 10),
    )
  for (const name of await readdir(folder, { recursive: true }))
    if (name.endsWith('.yaml')) {
      const text = shifted(await readFile(join(folder, name), 'utf8'))
      // What Quill hopes of the logo is renewed in time: this story is not about it.
      const renewed = text.replace(/(id: quill-halo, .*expiresOn: )\S+/, '$12099-01-01')
      await writeFile(join(folder, name), renewed.replaceAll(/https:\/\/(?:quill|meridian)\.example/g, docsUrl))
    }
  const sandboxes = new Map<string, RunningSandbox>()
  let platforms = await readFile(join(folder, 'platforms', 'platforms.yaml'), 'utf8')
  for (const [name, contract] of Object.entries(contracts)) {
    await writeFile(join(folder, 'platforms', `${name}.json`), JSON.stringify(contract))
    platforms = platforms
      .replace(`name: ${name},`, `name: ${name},`)
      .replace(
        new RegExp(`(name: ${name}[^]*?\\n)  authentication: \\{ kind: bearer \\}`),
        `$1  authentication: { kind: bearer }\n  idempotency: { kind: header }\n  contract: { file: ./${name}.json }`,
      )
    const fixtures = name === 'meridian-erp' ? { '/invoices/inv_1': { id: 'inv_1', number: '1' } } : {}
    sandboxes.set(name, await startSandbox({ contract, seed: 'walk', keepState: 'bounded', fixtures }))
  }
  await writeFile(join(folder, 'platforms', 'platforms.yaml'), platforms)
  await writeFile(join(folder, 'integrations', 'invoices.ts'), flows)
  const file = join(folder, 'integrations', 'meridian-quill.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace('  stage: ga\n', '  stage: proposed\n  code: ./invoices.ts\n'))
  const urls = [...sandboxes].map(([name, { url }]) => [name, url] as const)
  return {
    file,
    async edit(change) {
      const text = await readFile(file, 'utf8')
      const changed = change(text)
      if (changed === text) throw new Error('the edit changed nothing')
      await writeFile(file, changed)
    },
    async load() {
      const { workspace, problems } = await loadWorkspace(folder)
      if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'))
      return workspace
    },
    baseUrls: Object.fromEntries(urls),
    hosts: urls.map(([, url]) => new URL(url).host),
    async close() {
      await Promise.all([...sandboxes.values()].map((sandbox) => sandbox.stop()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
