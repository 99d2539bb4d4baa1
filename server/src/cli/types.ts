import type { Command } from 'commander'
import { loadWorkspace, type WrittenTypes, writeTypes } from '../workspace/index.ts'
import type { Io } from './io.ts'

const words: Record<WrittenTypes['state'], string> = { written: 'written', unchanged: 'up to date', stale: 'not up to date' }

/** `bridgekeeper types`: the modules that integrations import are made from the platforms' contracts. */
export function registerTypes(program: Command, io: Io): void {
  program
    .command('types')
    .summary('make typed clients and events from the contracts of platforms')
    .description(
      `Writes generated/<platform>.ts for each platform whose file names a contract: its operations, events and the constant that an
integration imports. Only what spec.contract.operations and spec.contract.webhooks list is taken; without these lists, everything.
Commit the result, and run it again when a contract or a list changes.

Examples:
  bridgekeeper types             all platforms
  bridgekeeper types github      one platform
  bridgekeeper types --check     in CI: writes nothing, exit code 1 when a module is not what its contract gives`,
    )
    .argument('[platforms...]', 'names of Platform entities; left out: all with a contract')
    .option('--workspace <folder>', 'folder with bridgekeeper.yaml; default: the current folder or one above it')
    .option('--check', 'write nothing; say whether the modules are up to date')
    .action(async (platforms: string[], options: { check?: boolean; workspace?: string }) => {
      const { workspace, problems } = await loadWorkspace(options.workspace ?? io.cwd)
      if (problems.length > 0) io.note(`The workspace has problems (${problems.length}): see \`bridgekeeper workspace check\`.`)
      const results = await writeTypes(workspace, { platforms, check: options.check ?? false })
      report(io, results)
    })
}

function report(io: Io, results: readonly WrittenTypes[]): void {
  const stale = results.filter(({ state }) => state === 'stale')
  if (stale.length > 0) io.exitCode = 1
  if (io.json) io.printJson(results)
  else printResults(io, results)
  if (stale.length > 0) io.note('Run `bridgekeeper types` and commit what it writes.')
}

function printResults(io: Io, results: readonly WrittenTypes[]): void {
  io.printTable(
    results,
    [
      { title: 'PLATFORM', value: ({ platform }) => platform },
      { title: 'FILE', value: ({ file }) => file },
      { title: 'STATE', value: ({ state }) => words[state] },
    ],
    'No platform of this workspace names a contract. Add spec.contract.file to its Platform file.',
  )
}
