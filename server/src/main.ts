#!/usr/bin/env node
import { createIo } from './cli/io.ts'
import { runProgram } from './cli/program.ts'

process.exitCode = await runProgram(createIo(), process.argv.slice(2))
