import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { type Agreement, entitySchemas, nearest, type Workspace } from '../workspace/index.ts'
import { errors } from './errors.ts'

type Agreements = Pick<Workspace, 'agreements'>

/** @throws agreements.unknown, with the nearest name */
export function findAgreement({ agreements }: Agreements, name: string): Agreement {
  const agreement = agreements.get(name)
  if (agreement) return agreement
  const near = nearest(name, agreements.keys())
  throw errors.unknown({ found: name, known: [...agreements.keys()], ...(near && { nearest: near }) })
}

/** The older version that an agreement names. @throws agreements.nothing_superseded, agreements.unknown */
export function supersededBy(workspace: Agreements, { metadata, spec }: Agreement): Agreement {
  if (spec.supersedes === undefined) throw errors.nothing_superseded({ agreement: metadata.name })
  return findAgreement(workspace, spec.supersedes)
}

/**
 * An agreement by its name, or from a YAML file outside the workspace, for example an older version from the archive.
 *
 * @param folder where relative paths begin
 * @throws agreements.unknown, agreements.file_unreadable
 */
export async function readAgreement(workspace: Agreements, nameOrFile: string, folder: string): Promise<Agreement> {
  if (!/[./\\]/.test(nameOrFile)) return findAgreement(workspace, nameOrFile)
  const refuse = (reason: string, cause?: unknown) => errors.file_unreadable({ file: nameOrFile, reason }, cause)
  const text = await readFile(resolve(folder, nameOrFile), 'utf8').catch((cause: Error) => {
    throw refuse(cause.message, cause)
  })
  const documents = parseAllDocuments(text)
  const values = (Array.isArray(documents) ? documents : []).map((document) => document.toJS() as { kind?: unknown } | null)
  const value = values.find((candidate) => candidate?.kind === 'Agreement')
  if (!value) throw refuse('no document of kind Agreement')
  const parsed = entitySchemas.Agreement.safeParse(value)
  if (!parsed.success) throw refuse(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '))
  return parsed.data
}
