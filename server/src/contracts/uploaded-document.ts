import { posix } from 'node:path'
import { z } from '@hono/zod-openapi'
import { defaultLimits } from './parse-document.ts'
import type { ContractSource } from './read-contract.ts'
import type { ToldReason } from './report/clients-report.ts'

/** Below the folder of the document: no address, no way out of it. */
const partName = z
  .string()
  .min(1)
  .max(300)
  .regex(
    /^(?!\/)(?!(?:.*\/)?\.{0,2}(?:\/|$))[^\\:\u0000]+$/,
    'expected a path below the folder of the document, with / and without . and ..',
  )

/** Further files of a document that is sent. */
export const filesField = z
  .record(partName, z.string())
  .refine((files) => Object.keys(files).length < defaultLimits.maxFiles, `at most ${defaultLimits.maxFiles} files`)
  .default({})
  .describe(
    'Texts of the files that the document refers to, by their path as seen from it: `schemas/card.yaml`. What it does not reach is ignored.',
  )

/** @param file path of the document as its sender names it; its files refer back to the last part */
export function uploadedSource(
  { document, files }: { document: string; files: Readonly<Record<string, string>> },
  file: string,
): ContractSource {
  return { text: document, name: nameOf(file), parts: new Map(Object.entries(files)) }
}

const nameOf = (file: string): string => file.replaceAll('\\', '/').split('/').at(-1)!.replaceAll(':', '-') || 'openapi'

/** The same reasons with lines in files as their sender names them: the server knows them only as seen from the document. */
export function inFilesOf<Told extends ToldReason>(reasons: readonly Told[], file: string): Told[] {
  const folder = posix.dirname(file.replaceAll('\\', '/'))
  return reasons.map((reason) => {
    const { source } = reason
    if (!source) return reason
    return { ...reason, source: { ...source, file: source.file === nameOf(file) ? file : posix.join(folder, source.file) } }
  })
}
