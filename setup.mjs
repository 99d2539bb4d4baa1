// Makes a fresh checkout ready to run: exact lockfile, Node 24 from npm, nothing else. `node setup.mjs <program> …` then runs the program with
// that Node; a shell that has found the machine's own Node for this script would take it for the next one, too.
// Plain JavaScript for Node 20, because nothing is installed yet when it runs.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const lowestNodeMajor = 20
const stampFile = join(root, 'node_modules', '.bridgekeeper-setup')

const nodeMajor = Number(process.versions.node.split('.')[0])
if (nodeMajor < lowestNodeMajor) {
  console.error(
    `Bridgekeeper needs Node ${lowestNodeMajor} or newer to set itself up; this is Node ${process.versions.node}. Install a newer Node and run the command again.`,
  )
  process.exit(1)
}

const lockfile = readFileSync(join(root, 'package-lock.json'))
const wanted = `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform} ${process.arch}`
const found = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
if (found !== wanted) {
  console.log('Setting up: installing the exact packages of package-lock.json (once per checkout and change of it) …')
  // npm sets NODE_ENV-dependent and workspace-dependent variables; the install must not inherit `--omit=dev`.
  // execPath of npm itself, so that no second npm has to be on the PATH.
  const npm = process.env.npm_execpath
  const [command, prefix] = npm ? [process.execPath, [npm]] : ['npm', []]
  const install = spawnSync(
    command,
    [...prefix, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  if (install.status !== 0) {
    console.error(
      'Setting up failed: npm could not install the packages. The lines above say why; an unreachable registry and a full disk are the usual reasons.',
    )
    process.exit(1)
  }
  writeFileSync(stampFile, wanted)
}

const program = process.argv.slice(2)
if (program.length > 0) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const running = spawn(node, program, { cwd: root, stdio: 'inherit' })
  // Ctrl-C reaches both; this process stays until the program has stopped in order. Other senders reach this one only.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => running.kill(signal))
  // npm hands a signal to the shell that it runs this with, and the shell dies of it alone. Whoever ended npm meant all of it.
  if (process.env.npm_lifecycle_event) {
    const shell = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === shell) return
      clearInterval(watch)
      running.kill('SIGTERM')
    }, 500)
  }
  running.on('error', (error) => {
    console.error(`Node could not be started: ${error.message}. Remove node_modules and run the command again.`)
    process.exit(1)
  })
  running.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
