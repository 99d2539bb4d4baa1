#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=150
// A smaller nursery costs some per cent of speed and a fifth of the memory (measured with `npm run bench throughput`).
// The old space may grow to two and a half times what lives in it before it is collected, instead of four times: the same 12,000 events peak at
// 283 MB instead of 364 to 381, and use no more CPU than runs differ anyway (measured 2026-11-28; 54 MB are alive after a collection).
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
