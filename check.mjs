// Everything that must hold before a change lands, in the order in which it fails fastest.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const steps = [
  ['format and lint', 'npx', ['--no-install', 'biome', 'check', '--error-on-warnings', '.']],
  ['types', 'npx', ['--no-install', 'tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['tests', 'npx', ['--no-install', 'vitest', 'run', ...process.argv.slice(2)]],
]

for (const [name, command, parameters] of steps) {
  const startedAt = Date.now()
  console.log(`check: ${name} …`)
  const { status } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`check: ${name} failed`)
    process.exit(status ?? 1)
  }
  console.log(`check: ${name} passed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
}
