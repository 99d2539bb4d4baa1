/** Runs every benchmark of this folder, one after another, each as a process of its own: `npm run bench [name …] [-- options]`. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const benchmarks: Record<string, string> = {
  throughput: 'throughput.ts',
  ingress: 'ingress.ts',
  'contract-diff': 'contract-diff.ts',
  workspace: 'workspace.ts',
  readiness: 'readiness.ts',
  planning: 'planning.ts',
  'usage-overhead': 'usage-overhead.ts',
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const options = process.argv.slice(2).filter((word) => word.startsWith('-'))
if (options.includes('--help')) {
  console.log(`npm run bench [name …] [-- options]\n\nWithout a name all run, one after another: ${Object.keys(benchmarks).join(', ')}.`)
  console.log('--full: throughput with 200,000 events of backlog and 5,000 instances, about five minutes')
  process.exit(0)
}
for (const name of wanted) {
  if (name in benchmarks) continue
  console.error(`There is no benchmark "${name}". Known: ${Object.keys(benchmarks).join(', ')}.`)
  process.exit(2)
}
for (const [name, script] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`\n== ${name}`)
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(import.meta.dirname, script), ...options], { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
