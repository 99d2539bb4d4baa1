import { z } from 'zod'
import { slug, text, webAddress } from './values.ts'

export const apiVersion = 'bridgekeeper.dev/v1'

/** Backstage's metadata, so that a catalogue can read our files and we can read its files. */
export const metadata = z.strictObject({
  name: slug.describe('Unique among all files of this kind; other files refer to it.'),
  title: text.optional().describe('The name that people read.'),
  description: text.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional().describe('Notes for other tools, kept as they are.'),
  tags: z.array(text).optional(),
  links: z.array(z.strictObject({ url: webAddress, title: text.optional(), icon: text.optional(), type: text.optional() })).optional(),
})
export type Metadata = z.output<typeof metadata>

/** The Backstage envelope around one kind of entity. */
export function envelope<const Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) {
  return z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata, spec })
}
