import { Command, CommanderError, Help, type Option } from 'commander'
import { BridgekeeperError } from '../errors/index.ts'
import { errors } from './errors.ts'
import { type ExitCode, exitCodes, type Io } from './io.ts'
import { programVersion } from './program-version.ts'
import { registerCommands } from './register-commands.ts'

/**
 * The command line as data: used to run it and to print docs/cli.md.
 *
 * @param parameters what was typed, when nothing but that will be asked of it
 */
export async function createProgram(io: Io, parameters?: readonly string[]): Promise<Command> {
  const program = new Command('bridgekeeper')
    .description('Runs partner integrations as products.')
    .version(programVersion())
    .option('--json', 'print machine-readable results on standard output')
    .showHelpAfterError('Add --help to see what the command takes.')
    .addHelpText(
      'after',
      `\nExit codes:\n${Object.entries(exitCodes)
        .map(([code, meaning]) => `  ${code}  ${meaning}`)
        .join('\n')}\n`,
    )
    .exitOverride()
    .hook('preAction', (_, action) => {
      io.json = Boolean(action.optsWithGlobals().json)
    })
  await registerCommands(program, io, parameters)
  for (const command of everyCommand(program)) {
    command.configureHelp({ ...command.configureHelp(), optionDescription })
    command.exitOverride().configureOutput({ writeOut: (text) => io.print(text.trimEnd()), writeErr: (text) => io.note(text.trimEnd()) })
    // Also after the subcommand, where people write it.
    if (command !== program && command.commands.length === 0 && !command.options.some((option) => option.long === '--json'))
      command.option('--json', 'print machine-readable results')
  }
  return program
}

/** An option that may be repeated begins with nothing, which is no default to read about. */
function optionDescription(option: Option): string {
  const isRepeated = Array.isArray(option.defaultValue) && option.defaultValue.length === 0
  return isRepeated ? option.description : new Help().optionDescription(option)
}

/** @returns the exit code; never throws */
export async function runProgram(io: Io, parameters: readonly string[]): Promise<ExitCode> {
  // Before anything is parsed: what is wrong with the words themselves is told to programs, too.
  io.json = parameters.slice(0, [...parameters, '--'].indexOf('--')).includes('--json')
  try {
    const program = await createProgram(io, parameters)
    await program.parseAsync([...parameters], { from: 'user' })
    return io.exitCode
  } catch (error) {
    return tellFailure(io, error)
  }
}

function tellFailure(io: Io, error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // In words Commander has said it already.
    if (io.json) tell(io, errors.usage({ said: error.message.replace(/^error: /, '') }))
    return 2
  }
  if (!(error instanceof BridgekeeperError)) {
    if (io.json) io.printJson({ error: { code: 'cli.unexpected', message: error instanceof Error ? error.message : String(error) } })
    io.complain(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThis is a bug of Bridgekeeper: please report it with the lines above.`,
    )
    return 2
  }
  tell(io, error)
  return error.status === 503 ? 3 : 2
}

function tell(io: Io, { code, message, fix }: BridgekeeperError): void {
  if (io.json) io.printJson({ error: { code, message, fix } })
  else io.complain(`${io.red('Error')} ${message}\n${fix ? `${io.bold('Fix')}   ${fix}\n` : ''}${io.dim(code)}`)
}

export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}
