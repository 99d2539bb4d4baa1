#!/usr/bin/env -S node --max-semi-space-size=24 --heap-growing-percent=100
// Memory, measured with the load of `npm run bench throughput` (2026-11-28; 54 MB are alive after a collection). The old space may grow to twice what
// lives in it instead of four times: 310 to 320 MB at the peak instead of 365 to 430. The nursery has room for what is under way at full load:
// with a third of it three times as many collections copy it, a tenth of all processor time, for 15 MB less.
const lowestNodeMajor = 24

// Imported after the look at the version: an older Node fails on the imports themselves, with words that help nobody.
if (Number(process.versions.node.split('.')[0]) < lowestNodeMajor) {
  console.error(
    `Bridgekeeper needs Node ${lowestNodeMajor} or newer; this is Node ${process.versions.node}. Install a newer Node, or run \`npm install node@${lowestNodeMajor}\` beside Bridgekeeper.`,
  )
  process.exitCode = 2
} else {
  // Stripping the types takes half the time of a short command and leaves 30 MB behind in a long one. Not in the common folder for temporary
  // files: what others may write is no code to run. Where the folder can't be written, there is no cache.
  const { enableCompileCache } = await import('node:module')
  enableCompileCache(process.env.NODE_COMPILE_CACHE ?? `${import.meta.dirname}/../.cache`)
  const { createIo, runProgram } = await import('./cli/index.ts')
  process.exitCode = await runProgram(createIo(), process.argv.slice(2))
}

export {}
