import { resolve } from 'node:path'
import type { Command } from 'commander'
import { createWorkspace } from './create-workspace.ts'
import type { Io } from './io.ts'
import { shortestPath } from './shortest-path.ts'

/** `bridgekeeper init`: a workspace that runs, to begin from. */
export function registerInit(program: Command, io: Io): void {
  program
    .command('init')
    .summary('write a new workspace that runs')
    .description(
      `Writes a workspace with two small platforms, an integration between them with its tests, and the scripts to start, test and check it.
The folder must not exist yet, or be empty.

Example:
  bridgekeeper init my-bridge && cd my-bridge && npm install && npm start`,
    )
    .argument('<folder>', 'where to write it')
    .option('--name <name>', 'name of the workspace: lower-case letters, digits, hyphens (default: name of the folder)')
    .action(async (folder: string, options: { name?: string }) => {
      const created = await createWorkspace(resolve(io.cwd, folder), options.name)
      if (io.json) {
        io.printJson(created)
        return
      }
      io.print(`Wrote the workspace ${io.bold(created.name)}: ${created.files.length} files in ${created.folder}`)
      io.note(`
Next:
  cd ${shortestPath(io.cwd, created.folder)}
  npm install
  npm test       plays what production does to an integration
  npm start      server, workers and a sandbox for each platform

README.md says what each file is for.`)
    })
}
