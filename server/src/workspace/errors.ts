import { defineErrors } from '../errors/index.ts'

interface Mismatch {
  found: string
  expected: string
  fix: string
}

const invalid = { status: 422, retry: false } as const

/** Problems in files are made from this table too, so that every code is explained in one place. */
export const errors = defineErrors('workspace', {
  root_missing: {
    status: 404,
    retry: false,
    message: ({ folder }: { folder: string }) => `there is no workspace in ${folder}: no bridgekeeper.yaml there or in a folder above it`,
    fix: 'Change into the folder of your workspace, name it with --workspace, or create one with `bridgekeeper init`.',
  },
  integration_unknown: {
    status: 404,
    retry: false,
    message: ({ name, known }: { name: string; known: string }) => `there is no integration ${name} in this workspace; it has ${known}`,
    fix: 'Use the metadata.name of one of its Integration files.',
  },
  code_missing: {
    ...invalid,
    message: ({ integration }: { integration: string }) => `the integration ${integration} has no code: its file does not say spec.code`,
    fix: 'Add spec.code with the path of its TypeScript module, for example ./integration.ts.',
  },
  code_fails: {
    ...invalid,
    message: ({ integration, file, reason }: { integration: string; file: string; reason: string }) =>
      `the code of the integration ${integration} (${file}) can't be loaded: ${reason}`,
    fix: ({ file }: { file?: string }) => `Mend it; \`node ${file ?? '<file>'}\` shows the whole error.`,
  },
  code_is_no_integration: {
    ...invalid,
    message: ({ integration, file, found }: { integration: string; file: string; found: string }) =>
      `${file}, the code of the integration ${integration}, was expected to export defineIntegration({…}) by default; it exports ${found}`,
    fix: 'Write `export default defineIntegration({ … })`, imported from @bridgekeeper/sdk.',
  },
  code_is_another: {
    ...invalid,
    message: ({ integration, file, found }: { integration: string; file: string; found: string }) =>
      `${file} was expected to define the integration ${integration}; it defines ${found}`,
    fix: ({ integration }) => `Write name: '${integration}' in defineIntegration, or point spec.code to the right module.`,
  },
  code_platform_unknown: {
    ...invalid,
    message: ({ integration, platform, known }: { integration: string; platform: string; known: string }) =>
      `the code of ${integration} uses the platform ${platform}; the sides in its file bring ${known}`,
    fix: 'Add the platform to one side in the integration’s file, or use the name of a platform that is there.',
  },
  import_unreadable: {
    ...invalid,
    message: ({ file, reason }: { file: string; reason: string }) => `${file} can't be imported: ${reason}`,
    fix: 'Import a YAML file with Backstage entities (backstage.io/…) or OpenSLO objects (openslo/v1).',
  },
  format_unknown: {
    status: 422,
    retry: false,
    message: ({ format, known }: { format: string; known: string }) => `there is no format ${format}; there are ${known}`,
    fix: 'Use one of them.',
  },
  agreement_unknown: {
    status: 404,
    retry: false,
    message: ({ name, known }: { name: string; known: string }) => `there is no agreement ${name} in this workspace; it has ${known}`,
    fix: 'Use the metadata.name of one of its Agreement files.',
  },

  tab: {
    ...invalid,
    message: ({ first, last }: { first: number; last: number }) =>
      first === last ? 'this line is indented with a tab' : `lines ${first} to ${last} are indented with tabs`,
    fix: 'Indent with spaces, two for each level.',
  },
  duplicate_key: {
    ...invalid,
    message: ({ key, firstLine }: { key: string; firstLine: number }) => `${key} is written twice here; line ${firstLine} already has it`,
    fix: ({ key }) => `Keep one ${key} and delete the other. If both were meant, join what is under them.`,
  },
  yaml: {
    ...invalid,
    message: ({ found }: Mismatch) => `${found}`,
    fix: ({ fix }: Mismatch) => `${fix}`,
  },
  too_large: {
    ...invalid,
    message: ({ size, limit }: { size: string; limit: string }) => `this file has ${size}; an entity file may have ${limit}`,
    fix: 'Put its entities into several files. What nobody reviews line by line does not belong into a workspace.',
  },
  encoding: {
    ...invalid,
    message: ({ found }: { found: string }) => `${found}`,
    fix: 'Save the file as UTF-8. In most editors that is a choice of “Save as”.',
  },
  control_character: {
    ...invalid,
    message: ({ code }: { code: string }) => `there is an invisible control character (${code}) in this line`,
    fix: 'Delete it; it was probably copied from another program.',
  },
  tag: {
    ...invalid,
    message: ({ tag }: { tag: string }) => `${tag} gives this value a type that files can't have`,
    fix: ({ tag }) => `Delete ${tag}; put the value in quotes if it starts with an exclamation mark.`,
  },
  alias_unknown: {
    ...invalid,
    message: ({ alias }: { alias: string }) => `*${alias} refers to an anchor that nobody defined`,
    fix: ({ alias }) => `If text starting with a star was meant, put it in quotes. Otherwise define &${alias} before it.`,
  },
  not_an_entity: {
    ...invalid,
    message: ({ found }: { found: string }) => `an entity was expected: fields named apiVersion, kind, metadata and spec; this is ${found}`,
    fix: 'Start it with `apiVersion: bridgekeeper.dev/v1` and `kind: Organization` (or Platform, Integration, Agreement, Plan).',
  },
  kind_missing: {
    ...invalid,
    message: () => 'this file does not say what kind of entity it describes',
    fix: 'Add `kind:` with Organization, Platform, Integration, Agreement or Plan.',
  },
  kind_unknown: {
    ...invalid,
    message: ({ found }: { found: string; near: string | undefined }) => `${found} is no kind of entity`,
    fix: ({ near }) => (near ? `Did you mean ${near}?` : 'Use Organization, Platform, Integration, Agreement or Plan.'),
  },
  name_taken: {
    ...invalid,
    message: ({ kind, name, first }: { kind: string; name: string; first: string }) =>
      `there are two ${kind}s named ${name}; the other is in ${first}`,
    fix: 'Give one of them another metadata.name, and correct what refers to it.',
  },
  root_twice: {
    ...invalid,
    message: () => 'only bridgekeeper.yaml at the root of the workspace may be of kind Workspace',
    fix: 'Move these settings into bridgekeeper.yaml and delete this document.',
  },
  root_other: {
    ...invalid,
    message: ({ found }: { found: string }) => `bridgekeeper.yaml must hold one document of kind Workspace; it holds ${found}`,
    fix: 'Start it with `apiVersion: bridgekeeper.dev/v1`, `kind: Workspace`, `metadata: { name: … }` and `spec: {}`, and move everything else into files of their own.',
  },

  field_unknown: {
    ...invalid,
    message: ({ field, parent }: { field: string; parent: string; near: string | undefined; known: string }) =>
      `${parent} has no field ${field}`,
    fix: ({ near, known }) => (near ? `Did you mean ${near}?` : known ? `Delete it, or use one of: ${known}.` : 'Delete it.'),
  },
  field_outside: {
    ...invalid,
    message: ({ field, belongs }: { field: string; belongs: string }) => `${field} stands outside ${belongs}, where it belongs`,
    fix: ({ belongs }) => `Indent it, with everything below it, by two spaces under ${belongs}.`,
  },
  more: {
    ...invalid,
    message: ({ count }: { count: number }) => `there are ${count} more problems in this entity than are listed`,
    fix: 'Mend those that are listed first: many of the others probably have the same reason.',
  },
  merge_key: {
    ...invalid,
    message: () => 'taking over the fields of another group with << is not understood here',
    fix: 'Write the fields out: who reads a file should not have to put it together.',
  },
  field_missing: {
    ...invalid,
    message: ({ field, parent }: { field: string; parent: string; expected: string }) =>
      `${parent} needs the field ${field}, which is missing`,
    fix: ({ field, expected }) => `Add ${field}${expected}.`,
  },
  type: {
    ...invalid,
    message: ({ field, expected, found }: Mismatch & { field: string }) => `${field} must be ${expected}; here it is ${found}`,
    fix: ({ fix }) => `${fix}`,
  },
  word: {
    ...invalid,
    message: ({ field, found }: { field: string; found: string; near: string | undefined; words: string }) => `${field} can't be ${found}`,
    fix: ({ near, words }) => (near ? `Did you mean ${near}?` : `Use one of: ${words}.`),
  },
  value: {
    ...invalid,
    message: ({ field, expected, found }: Mismatch & { field: string }) => `${field} must be ${expected}; here it is “${found}”`,
    fix: ({ fix }) => `${fix}`,
  },
  date_impossible: {
    ...invalid,
    message: ({ found }: { found: string; fix: string }) => `the day ${found} does not exist`,
    fix: ({ fix }) => `${fix}`,
  },
  date_order: {
    ...invalid,
    message: ({ earlier, later, found }: { earlier: string; later: string; found: string }) =>
      `${later} must come after ${earlier}; here it is ${found}`,
    fix: 'Correct one of the two days. They may have changed places.',
  },
  currency_unknown: {
    ...invalid,
    message: ({ found }: { found: string; near: string | undefined }) => `there is no currency ${found}`,
    fix: ({ near }) => (near ? `Did you mean ${near}?` : 'Use the three capital letters of ISO 4217, for example EUR, USD or JPY.'),
  },
  currency_differs: {
    ...invalid,
    message: ({ found, expected, where }: { found: string; expected: string; where: string }) =>
      `this amount is in ${found}, but ${where} is in ${expected}`,
    fix: ({ expected }) => `Write it in ${expected}.`,
  },
  shares: {
    ...invalid,
    message: ({ what, sum }: { what: string; sum: string; difference: string }) => `${what} must sum to 100%; they sum to ${sum}`,
    fix: ({ difference }) => `${difference}`,
  },
  written_twice: {
    ...invalid,
    message: ({ what, name }: { what: string; name: string }) => `${what} ${name} is there twice`,
    fix: 'Delete one of them, or give it another name.',
  },
  reference: {
    ...invalid,
    message: ({ target, name, where }: { target: string; name: string; where: string; near: string | undefined; known: string }) =>
      `there is no ${target} ${name} in this ${where}`,
    fix: ({ near, known }) => (near ? `Did you mean ${near}?` : known),
  },
  not_a_side: {
    ...invalid,
    message: ({ field, name }: { field: string; name: string; sides: string }) =>
      `${field} names ${name}, which is no side of this integration`,
    fix: ({ name, sides }) => `Use ${sides}, or add ${name} to spec.sides: whoever has a job in the bridge is a side, third parties too.`,
  },
  not_a_party: {
    ...invalid,
    message: ({ field, name, what }: { field: string; name: string; parties: string; what: string }) =>
      `${field} names ${name}, which is no party of this ${what}`,
    fix: ({ name, parties }) => `Use ${parties}, or add ${name} to spec.parties.`,
  },
  party_not_a_side: {
    ...invalid,
    message: ({ party, integration }: { party: string; integration: string; sides: string }) =>
      `${party} is a party of this agreement, but no side of the integration ${integration} that it covers`,
    fix: ({ party, integration, sides }) =>
      `Add ${party} to spec.sides of ${integration} (it has ${sides}), or take it out of this agreement.`,
  },
  owned_by_another: {
    ...invalid,
    message: ({ platform, owner, side }: { platform: string; owner: string; side: string }) =>
      `${side} can't bring the platform ${platform}: it belongs to ${owner}`,
    fix: ({ platform, owner }) => `List ${platform} under the side of ${owner}, or correct spec.owner of the platform.`,
  },
  plan_of_another: {
    ...invalid,
    message: ({ plan, made, integration }: { plan: string; made: string; integration: string }) =>
      `the plan ${plan} was made for the integration ${made}, not for ${integration}`,
    fix: ({ plan, integration }) => `Name the plan that led to ${integration} here, or correct spec.integration of ${plan}.`,
  },
  cycle: {
    ...invalid,
    message: ({ problem }: { problem: string; field: string; places: string | undefined }) => `${problem}`,
    fix: ({ field, places }) =>
      places === undefined
        ? `Name another one in ${field}, or delete the line.`
        : `Delete or correct ${field} in one of them: ${places}. Usually the oldest has none.`,
  },
  order: {
    ...invalid,
    message: ({ field, expected, found }: { field: string; expected: string; found: string }) =>
      `${field} must be ${expected}; here it is ${found}`,
    fix: 'Put them in order, or correct the one that does not fit.',
  },
  incomplete: {
    ...invalid,
    message: ({ because, field }: { because: string; field: string; fix: string }) => `${because}, but ${field} is missing`,
    fix: ({ fix }) => `${fix}`,
  },
  contradiction: {
    ...invalid,
    message: ({ problem }: { problem: string; fix: string }) => `${problem}`,
    fix: ({ fix }) => `${fix}`,
  },
  file_missing: {
    ...invalid,
    message: ({ field, file }: { field: string; file: string; near: string | undefined; looked: string }) =>
      `${field} points to ${file}, which does not exist`,
    fix: ({ near, looked }) =>
      near ? `Did you mean ${near}?` : `Looked for ${looked}. Correct the path; it starts at the folder of this file.`,
  },
})
