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
  const { createIo, runProgram } = await import('./cli/index.ts')
  process.exitCode = await runProgram(createIo(), process.argv.slice(2))
}

export {}
