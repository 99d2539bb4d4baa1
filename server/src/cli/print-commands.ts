import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { createIo } from './io.ts'
import { createProgram, everyCommand } from './program.ts'

/** The page docs/cli.md: the help of every command, as `--help` prints it. */
export async function printCommands(): Promise<string> {
  const stdout = new PassThrough()
  const program = await createProgram(createIo({ stdout, stderr: new PassThrough(), stdin: new PassThrough() }, {}, '/'))
  // By itself, `help` would be listed by every command that has others.
  const commands = everyCommand(program).filter((command) => command.name() !== 'help')
  return `# Command line

Every command takes \`--json\` and then prints nothing but machine-readable results on standard output.

Printed from the program by \`npm run docs\`. Do not edit.

${commands.map((command) => sectionOf(command, stdout)).join('\n\n')}
`
}

function sectionOf(command: Command, stdout: PassThrough): string {
  command.configureOutput({ getOutHelpWidth: () => 110, getOutHasColors: () => false })
  command.outputHelp()
  const help = String(stdout.read() ?? '').trim()
  const path = pathOf(command)
  return `${'#'.repeat(Math.min(path.length + 1, 4))} ${path.join(' ')}\n\n\`\`\`text\n${help}\n\`\`\``
}

function pathOf(command: Command): string[] {
  return command.parent ? [...pathOf(command.parent), command.name()] : [command.name()]
}
