import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from './free-port.ts'

/**
 * The README's tutorial, executed. `<!-- tutorial: run -->` marks a block of shell, `server` one that stays up, `shows` what the block
 * before it must have printed: each line somewhere in its output, runs of spaces alike. `run until it shows` repeats a look until it does.
 */
interface Block {
  kind: 'run' | 'run until it shows' | 'server' | 'server shows'
  text: string
  shows: string[]
}

const root = join(import.meta.dirname, '..', '..')
const patienceMs = 60_000

async function readBlocks(): Promise<Block[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const blocks: Block[] = []
  for (const [, kind, text] of readme.matchAll(/<!-- tutorial: ([\w ]+) -->\n```\w*\n([\s\S]*?)```/g)) {
    const lines = text!.trimEnd().split('\n')
    if (kind === 'shows') blocks.at(-1)!.shows = lines
    else if (kind === 'server shows') blocks.push({ kind, text: '', shows: lines })
    else blocks.push({ kind: kind as Block['kind'], text: text!, shows: [] })
  }
  return blocks
}

const plain = (text: string) => text.replace(/[ \t]+/g, ' ').trim()
const missing = (block: Block, output: string) => block.shows.filter((line) => !plain(output).includes(plain(line)))

let folder: string
let server: ChildProcess | undefined
let serverOutput = ''
/** What a reader has in the terminal: the folder they are in and the variables they set. */
let place: { cwd: string; env: NodeJS.ProcessEnv }

beforeAll(async () => {
  // Inside the checkout, as the tutorial is, so that the workspace finds its packages; out of sight of git.
  await mkdir(join(root, '.bridgekeeper'), { recursive: true })
  folder = await mkdtemp(join(root, '.bridgekeeper', 'tutorial-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const { VITEST: _, NODE_TEST_CONTEXT: __, NODE_OPTIONS: ___, DATABASE_URL: ____, ...env } = process.env
  place = { cwd: folder, env: { ...env, NO_COLOR: '1' } }
})

afterAll(async () => {
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server!.once('exit', resolve))
    server.kill('SIGINT')
    await Promise.race([ended, delay(20_000).then(() => server!.kill('SIGKILL'))])
  }
  await rm(folder, { recursive: true, force: true })
})

/** Runs a block as bash does for a person: stops at the first command that fails, and stays where `cd` and `export` led. */
function run(text: string): Promise<string> {
  const script = `set -euo pipefail\n${text}\nprintf '\\n@@%s@@%s' "$PWD" "$PATH" >&3`
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { ...place, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
    let [output, after] = ['', '']
    child.stdout!.on('data', (data) => (output += data))
    child.stderr!.on('data', (data) => (output += data))
    child.stdio[3]!.on('data', (data) => (after += data))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code !== 0) return reject(new Error(`the tutorial's block\n${text}\nended with ${code}:\n${output}`))
      const [, cwd, path] = after.split('@@')
      place = { cwd: cwd!, env: { ...place.env, PATH: path! } }
      resolve(output)
    })
  })
}

async function startServer(text: string): Promise<void> {
  // A port of its own, so that the test can run beside a reader's tutorial.
  const command = text.trim().replace('--port 4477', `--port ${await freePort()}`)
  server = spawn('bash', ['-c', `exec ${command}`], { ...place, stdio: ['ignore', 'pipe', 'pipe'] })
  server.stdout!.on('data', (data) => (serverOutput += data))
  server.stderr!.on('data', (data) => (serverOutput += data))
}

async function until(block: Block, look: () => Promise<string> | string): Promise<void> {
  const deadline = Date.now() + patienceMs
  let output = await look()
  while (missing(block, output).length > 0 && Date.now() < deadline) {
    await delay(200)
    output = await look()
  }
  expect(missing(block, output), output).toEqual([])
}

/** What the tutorial has its reader copy from the terminal. */
function copyAddresses(): void {
  for (const [variable, platform] of [
    ['SHOP', 'shop'],
    ['BILLING', 'billing'],
  ] as const) {
    const [, url] = new RegExp(`sandbox\\s+${platform}\\s+(\\S+)`).exec(serverOutput)!
    place.env = { ...place.env, [variable]: url! }
  }
}

const play: Record<Block['kind'], (block: Block) => Promise<void>> = {
  async run(block) {
    const output = await run(block.text)
    expect(missing(block, output), output).toEqual([])
  },
  'run until it shows': (block) => until(block, () => run(block.text)),
  server: ({ text }) => startServer(text),
  async 'server shows'(block) {
    await until(block, () => serverOutput)
    copyAddresses()
  },
}

it('works as the README prints it', { timeout: 300_000 }, async () => {
  const blocks = await readBlocks()
  expect(blocks.length).toBeGreaterThan(8)
  expect(blocks.filter(({ shows }) => shows.length > 0).length).toBeGreaterThan(6)
  for (const block of blocks) await play[block.kind](block)
})

it('prints links that lead somewhere', async () => {
  const tracked = await new Promise<string>((resolve, reject) =>
    execFile('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, maxBuffer: 16 * 1024 * 1024 }, (error, out) =>
      error ? reject(error) : resolve(out),
    ),
  )
  const known = new Set(tracked.split('\n'))
  for (const file of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    const links = [...(await readFile(join(root, file), 'utf8')).matchAll(/\]\(([^)#:]+)\)/g)].map(([, to]) => to!)
    expect(
      links.filter((to) => !known.has(to)),
      file,
    ).toEqual([])
  }
})

it('names tests in ARCHITECTURE.md that exist', async () => {
  const text = await readFile(join(root, 'ARCHITECTURE.md'), 'utf8')
  const names = [...text.matchAll(/`((?:server|sdk|\w+)\/[\w/.-]+\.ts)`/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(15)
  const known = (name: string) => [name, `server/src/${name}`].some((path) => existsInRoot.has(path))
  const existsInRoot = new Set(
    await Promise.all(
      names
        .flatMap((name) => [name, `server/src/${name}`])
        .map((path) =>
          readFile(join(root, path)).then(
            () => path,
            () => '',
          ),
        ),
    ),
  )
  expect(names.filter((name) => !known(name))).toEqual([])
})
