import { runTruth } from './run-truth.ts'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('Say which folder of real changes to judge: npm run truth -- FOLDER (with one truth.json per subfolder)')
  process.exit(2)
}
const results = await runTruth(folder)
for (const result of results) {
  const also = result.accepted.length > 0 ? ` (also ${result.accepted.join(', ')})` : ''
  console.log(
    `${result.met ? 'met    ' : 'MISSED '} ${result.stretch} · ${result.client} · ${result.step}: ${result.found}, expected ${result.expected}${also}`,
  )
  const reason = result.reasons[0]
  if (reason)
    console.log(
      `         ${reason.finding?.rule ?? ''} ${reason.finding?.field ?? ''}: ${reason.why}${reason.announced ? ` Announced: ${reason.announced.words}` : ''}`,
    )
}
const missed = results.filter((result) => !result.met).length
const exact = results.filter((result) => result.found === result.expected).length
console.log(`${results.length - missed} met (${exact} exactly as expected), ${missed} missed of ${results.length}`)
process.exitCode = missed === 0 ? 0 : 1
