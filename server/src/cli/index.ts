export { createIo } from './io.ts'
export { createProgram, runProgram } from './program.ts'
