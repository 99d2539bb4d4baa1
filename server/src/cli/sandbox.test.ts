import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from '../sandbox/index.ts'
import { createIo, type Io } from './io.ts'
import { registerSandbox } from './sandbox.ts'

const example = fileURLToPath(new URL('../../../examples/github-helpdesk/', import.meta.url))
let sandbox: RunningSandbox

beforeAll(async () => {
  sandbox = await startSandbox({ contract: `${example}platforms/helpdesk/openapi.yaml` })
})
afterAll(() => sandbox.stop())

/** Runs one command as a person would type it. */
async function run(words: string[], { json = false, stop = AbortSignal.abort() } = {}): Promise<{ out: string; err: string; io: Io }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin: new PassThrough() }, { BRIDGEKEEPER_SANDBOX_URL: sandbox.url }, example)
  io.json = json
  const program = new Command('bridgekeeper').exitOverride()
  registerSandbox(program, io, stop)
  await program.parseAsync(words, { from: 'user' })
  return { out: String(stdout.read() ?? ''), err: String(stderr.read() ?? ''), io }
}

const write = (headers: Record<string, string> = {}) =>
  fetch(`${sandbox.url}/tickets`, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ subject: 's', description: 'd', requester: { name: 'n', email: 'n@x.example' } }),
  })

describe('bridgekeeper sandbox start', () => {
  it('starts a platform of the workspace, says where, and ends with its signal', async () => {
    const { out, err } = await run(['sandbox', 'start', 'helpdesk', '--port', '0', '--records', '2'])
    expect(out).toMatch(/^Helpdesk API 2026-03-01: 21 operations at http:\/\/127\.0\.0\.1:\d+, 12 records, seed 1\n$/)
    expect(err).toContain('bridgekeeper sandbox faults add')
  })

  it('starts a file, for programs too', async () => {
    const { out } = await run(['sandbox', 'start', 'platforms/helpdesk/openapi.yaml', '--port', '0', '--seed', '9'], { json: true })
    expect(JSON.parse(out)).toMatchObject({ title: 'Helpdesk API', operations: 21, seed: '9', records: 0 })
  })

  it('names what it does not know, and what webhooks need', async () => {
    const unknown = await run(['sandbox', 'start', 'helpdesc'])
    expect([unknown.io.exitCode, unknown.err]).toEqual([2, expect.stringContaining('did you mean helpdesk')])
    const secret = await run(['sandbox', 'start', 'helpdesk', '--webhooks', 'http://127.0.0.1:1/'])
    expect([secret.io.exitCode, secret.err]).toEqual([2, expect.stringContaining('--secret')])
  })
})

describe('bridgekeeper sandbox, steering one that runs', () => {
  it('adds, lists and removes faults', async () => {
    expect((await run(['sandbox', 'faults'])).err).toContain('Nothing goes wrong')
    const { out } = await run(['sandbox', 'faults', 'add', 'status', 'status=503', 'operation=createTicket', 'times=1'])
    expect(out).toBe('fault-1: status createTicket\n')
    expect((await write()).status).toBe(503)
    expect((await run(['sandbox', 'faults', 'list'])).out).toMatch(/fault-1 +status +createTicket +1 of 1/)
    await run(['sandbox', 'faults', 'add', 'contract-change', 'contract.change=remove-field', 'contract.field=status'])
    expect((await run(['sandbox', 'faults', 'list'])).out).toMatch(/contract-change +status \(remove-field\) everywhere/)
    expect(await (await write()).json()).not.toHaveProperty('status')
    expect((await run(['sandbox', 'faults', 'remove'])).out).toBe('Removed 2.\n')
    expect((await run(['sandbox', 'faults', 'remove', 'fault-1'])).io.exitCode).toBe(1)
    await expect(run(['sandbox', 'faults', 'add', 'storm'])).rejects.toMatchObject({ code: 'sandbox.fault_invalid' })
  })

  it('shows state, requests and effects, seeds and resets', async () => {
    await run(['sandbox', 'reset'])
    await write({ 'idempotency-key': 'k1' })
    expect((await run(['sandbox', 'state'])).out).toMatch(/LIST +RECORDS\n\/tickets +1/)
    expect(JSON.parse((await run(['sandbox', 'state', '/tickets'])).out)).toMatchObject([{ subject: 's' }])
    expect((await run(['sandbox', 'requests'])).out).toMatch(/1 {2}POST \/tickets +201/)
    expect((await run(['sandbox', 'effects'])).out).toContain('1 keys, 1 attempts, 1 effects')
    expect((await run(['sandbox', 'seed', '--records', '1', '--seed', 'x'])).out).toBe('4 records, seed x.\n')
  })

  it('says when nothing listens there', async () => {
    await expect(run(['sandbox', 'state', '--url', 'http://127.0.0.1:1'])).rejects.toMatchObject({
      code: 'sandbox.unreachable',
      status: 503,
    })
  })
})
