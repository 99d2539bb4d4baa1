import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createIo } from './io.ts'
import { createProgram, everyCommand, runProgram } from './program.ts'

/** Tells each file of ours, and of packages, as it is loaded. */
const listsLoaded = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({ load(url, context, next) { if (url.startsWith('file:')) console.log('loaded ' + url); return next(url, context) } })
`)}`

async function run(words: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runProgram(createIo({ stdout, stderr, stdin: new PassThrough() }, env, '/'), words)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}

describe('the command line', () => {
  it.each([[['nonsense']], [['instances', 'list', '--bogus']], [['webhook-secrets', 'list']], [['keys', 'list', 'twice']]])(
    'says to a program as to a person what is wrong with %j',
    async (words) => {
      const person = await run(words)
      expect(person).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^error: .+\nAdd --help/s) })
      const program = await run([...words, '--json'])
      expect(program).toMatchObject({ code: 2, err: '' })
      expect(JSON.parse(program.out)).toEqual({
        error: { code: 'cli.usage', message: expect.stringMatching(/^(unknown|missing|too many)/), fix: expect.stringContaining('--help') },
      })
    },
  )

  it('tells a program that no server runs, with the code that is for it', async () => {
    const { code, out } = await run(['runs', 'list', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'cli.server_not_running' } })
  })

  it('takes --json for its own before -- only', async () => {
    expect((await run(['runs', 'show', '--', '--json'])).out).toBe('')
  })

  it('describes each command, and each takes --json', async () => {
    const commands = everyCommand(await createProgram(createIo()))
    expect(commands.filter((command) => !command.description() && !command.summary()).map((command) => command.name())).toEqual([])
    const leaves = commands.filter((command) => command.commands.length === 0)
    expect(leaves.length).toBeGreaterThan(40)
    expect(leaves.filter((command) => !command.options.some(({ long }) => long === '--json')).map((command) => command.name())).toEqual([])
  })
})

describe('only what is asked for is loaded', () => {
  it('so that each command is found by its name alone, with the words that the whole program has for it', async () => {
    const whole = await createProgram(createIo())
    expect(whole.commands.length).toBeGreaterThan(30)
    for (const command of whole.commands) {
      const alone = await createProgram(createIo(), ['--json', command.name()])
      const found = alone.commands.find((one) => one.name() === command.name())
      expect(found?.helpInformation(), command.name()).toBe(command.helpInformation())
    }
  })

  it('and a command that talks to a server does not wait for the program of the server', async () => {
    const main = join(import.meta.dirname, '..', 'main.ts')
    const loadedBy = async (...words: string[]) => {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', listsLoaded, main, ...words], { cwd: tmpdir() }).catch(
        (ended: { stdout: string }) => ended,
      )
      return stdout.split('\n').filter((line) => line.startsWith('loaded ')).length
    }
    for (const words of [['--version'], ['runs', 'list'], ['deliveries', 'list'], ['parked', 'list'], ['connections', 'list']])
      expect(await loadedBy(...words), words.join(' ')).toBeLessThan(60)
    expect(await loadedBy('--help')).toBeGreaterThan(400)
  }, 60_000)
})

describe('a command that asks a server', () => {
  async function ask(status: number, body: string, ...words: string[]) {
    const server = createServer((_, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const env = { BRIDGEKEEPER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, BRIDGEKEEPER_KEY: 'bk_x' }
    const answer = await run(words, env)
    server.close()
    return answer
  }

  it('hands on the code, message and fix of the server', async () => {
    const problem = JSON.stringify({ code: 'runtime.run_not_found', detail: 'There is no run x.', fix: 'List runs.', status: 404 })
    expect(await ask(404, problem, 'runs', 'show', 'x')).toEqual({
      code: 2,
      out: '',
      err: 'Error There is no run x.\nFix   List runs.\nruntime.run_not_found\n',
    })
    expect(JSON.parse((await ask(404, problem, 'runs', 'show', 'x', '--json')).out)).toEqual({
      error: { code: 'runtime.run_not_found', message: 'There is no run x.', fix: 'List runs.' },
    })
  })

  it('ends with 3 when the database of the server is away', async () => {
    const problem = JSON.stringify({ code: 'http.database_away', detail: 'The database is away.', fix: 'Wait.', status: 503 })
    expect(await ask(503, problem, 'runs', 'list')).toMatchObject({ code: 3 })
  })

  it.each([
    [200, '<html>a login page</html>'],
    [502, '<html>bad gateway</html>'],
    [404, '{"error":"not ours"}'],
  ])('says of an answer %i %s that it is not of ours', async (status, body) => {
    expect(await ask(status, body, 'runs', 'list')).toMatchObject({ code: 2, err: expect.stringContaining('is no Bridgekeeper server') })
  })
})
