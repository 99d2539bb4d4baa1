import { PassThrough } from 'node:stream'
import { createIo } from '../src/cli/io.ts'
import { runProgram } from '../src/cli/program.ts'

export interface Ran {
  exitCode: number
  /** Standard output and standard error, as text. */
  out: string
  err: string
}

/** Runs the whole command line in this process, as a person types it in `folder`; nobody sits at a terminal, and nothing is typed in. */
export async function runCommand(
  words: readonly string[],
  { folder, env = {} }: { folder: string; env?: Readonly<Record<string, string | undefined>> },
): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = createIo({ stdout, stderr, stdin: new PassThrough() }, env, folder)
  const exitCode = await runProgram(io, words)
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}
