export { createIo } from './io.ts'
export { printCommands } from './print-commands.ts'
export { createProgram, runProgram } from './program.ts'
