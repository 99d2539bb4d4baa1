#!/usr/bin/env node
import { createIo, runProgram } from './cli/index.ts'

process.exitCode = await runProgram(createIo(), process.argv.slice(2))
