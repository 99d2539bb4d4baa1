import { readFileSync } from 'node:fs'

/** The most memory that this program has held. Linux hands `maxRSS` of the process that starts another on to it: there, a large parent counts as well. */
export function peakKibibytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1])
}
