import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printJsonSchemas } from './json-schemas.ts'

export interface SchemaFile {
  file: string
  state: 'written' | 'unchanged' | 'stale'
}

/** Brings the JSON Schemas of a folder in line with the program. With `check` it writes nothing and says what is stale. */
export async function writeJsonSchemas(folder: string, check = false): Promise<SchemaFile[]> {
  if (!check) await mkdir(folder, { recursive: true })
  return Promise.all(
    [...printJsonSchemas()].map(async ([file, text]): Promise<SchemaFile> => {
      const present = await readFile(join(folder, file), 'utf8').catch(() => undefined)
      if (present === text) return { file, state: 'unchanged' }
      if (!check) await writeFile(join(folder, file), text)
      return { file, state: check ? 'stale' : 'written' }
    }),
  )
}
