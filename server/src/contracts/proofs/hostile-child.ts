/** Reads one file as the server does, beside other work, and tells what it cost this process. */
import { readFileSync } from 'node:fs'
import { BridgekeeperError } from '../../errors/index.ts'
import { readContractAside } from '../read-aside.ts'
import { peakKibibytes } from './peak-memory.ts'

const text = readFileSync(process.argv[2]!, 'utf8')
let code = 'read'
try {
  await readContractAside({ text, name: 'hostile' })
} catch (error) {
  if (!(error instanceof BridgekeeperError)) throw error
  code = error.code
}
const { userCPUTime, systemCPUTime } = process.resourceUsage()
console.log(JSON.stringify({ code, memoryMb: Math.round(peakKibibytes() / 1024), cpuS: (userCPUTime + systemCPUTime) / 1e6 }))
process.exit()
