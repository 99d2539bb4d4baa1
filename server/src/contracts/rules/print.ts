import { writeFile } from 'node:fs/promises'
import { printRules } from './print-rules.ts'

await writeFile(new URL('../../../../docs/contract-rules.md', import.meta.url), printRules())
