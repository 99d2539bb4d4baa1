import { defineErrors } from '../errors/index.ts'

export const errors = defineErrors('agreements', {
  unknown: {
    status: 404,
    retry: false,
    message: ({ found, known }: { found: string; known: readonly string[] }) =>
      `expected an agreement of this workspace (${known.join(', ')}) or the path of a file, found ${found}`,
    fix: ({ nearest }: { nearest?: string }) =>
      nearest ? `Did you mean ${nearest}?` : 'List the agreements with `bridgekeeper agreements lint`.',
  },
  file_unreadable: {
    status: 422,
    retry: false,
    message: ({ file, reason }: { file: string; reason: string }) => `expected an agreement in ${file}, found none: ${reason}`,
    fix: 'Give a YAML file of kind Agreement that `bridgekeeper workspace check` accepts.',
  },
  nothing_superseded: {
    status: 422,
    retry: false,
    message: ({ agreement }: { agreement: string }) => `expected two versions, found only ${agreement}, which supersedes none`,
    fix: 'Name the older version too: `bridgekeeper agreements diff OLD NEW`. Each may be a name or a file.',
  },
})
