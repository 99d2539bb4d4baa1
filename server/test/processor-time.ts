/**
 * Processor time that this process has used so far, all its threads together, in milliseconds. For claims that work is bounded: what else a
 * machine does is no part of them. A wait that uses none is for the time limit of the test to find.
 */
export function processorMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
