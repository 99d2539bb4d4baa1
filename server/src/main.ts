#!/usr/bin/env -S node --max-semi-space-size=8
// A smaller nursery costs some per cent of speed and a fifth of the memory (measured with `npm run bench throughput`).
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
