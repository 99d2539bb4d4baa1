import { relative } from 'node:path'
import { checkFiles, resolvePath } from './check-files.ts'
import { checkReferences, type MentionedFile } from './check-references.ts'
import { findCycles } from './cycles.ts'
import { type Entity, type EntityOf, entitySchemas, type Kind } from './entities/kinds.ts'
import { checkEnvelope } from './envelope-problems.ts'
import { findRoot, findYamlFiles, looksLikeEntities, readText, rootFile } from './find-files.ts'
import { collectNames, type Names } from './names.ts'
import { inReadingOrder, type Problem } from './problem.ts'
import { type RawDocument, readDocuments } from './read-documents.ts'
import { checkRules } from './rules.ts'
import { at, type Judged, schemaProblems } from './schema-problems.ts'
import { readableFile } from './text-problems.ts'
import { type Entities, makeWorkspace, type Workspace } from './workspace.ts'

export interface LoadedWorkspace {
  /** The entities that are in order by themselves. With problems it is good for looking, not for running. */
  workspace: Workspace
  /** Everything that is wrong, in reading order; empty means valid. */
  problems: Problem[]
  /** YAML files that hold no entities, for example contracts. */
  ignored: string[]
}

/**
 * Reads and validates all entity files at and below the folder that holds `bridgekeeper.yaml`, as a whole.
 *
 * @param folder the root of the workspace or any folder in it
 * @throws workspace.root_missing
 */
export async function loadWorkspace(folder: string): Promise<LoadedWorkspace> {
  const root = await findRoot(folder)
  const files = await findYamlFiles(root)
  const texts = await Promise.all(files.map((file) => readText(root, file)))
  const ours = files.flatMap((file, index) =>
    file === rootFile || looksLikeEntities(texts[index]!.text) ? [{ file, ...readableFile(file, texts[index]!) }] : [],
  )
  const read = ours.flatMap(({ source }) => (source ? [readDocuments(source)] : []))
  const documents = read.flatMap(({ documents }) => documents)
  const judgement = judge(documents)
  const problems = [...ours, ...read, judgement].flatMap(({ problems }) => problems).concat(await checkFiles(root, judgement.files))
  const held = new Set(ours.map(({ file }) => file))
  // Contracts, which entities name: read as what they are.
  const mentioned = new Set(judgement.files.map(({ judged, file }) => relative(root, resolvePath(root, judged.document.source.file, file))))
  return {
    workspace: makeWorkspace(root, judgement.entities, judgement.documentOf),
    problems: inReadingOrder(problems),
    ignored: files.filter((file) => !held.has(file) && !mentioned.has(file)),
  }
}

interface Judgement {
  entities: Entities
  documentOf: ReadonlyMap<Entity, RawDocument>
  problems: Problem[]
  files: MentionedFile[]
}

function judge(documents: readonly RawDocument[]): Judgement {
  const names = collectNames(documents)
  const entities = Object.fromEntries(Object.keys(entitySchemas).map((kind) => [kind, new Map()])) as unknown as {
    [K in Kind]: Map<string, EntityOf<K>>
  }
  const judgement = { entities, documentOf: new Map<Entity, RawDocument>(), problems: [] as Problem[], files: [] as MentionedFile[] }
  for (const document of documents) {
    const { kind, problems } = checkEnvelope(document, names)
    judgement.problems = judgement.problems.concat(problems)
    if (kind && !document.broken) judgeEntity(document, kind, names, judgement)
  }
  judgement.problems.push(
    ...[...checkRules(names), ...findCycles(names)].map(({ document, kind, path, error }) => at(judgedAs(document, kind), path, error)),
  )
  return judgement
}

function judgeEntity(document: RawDocument, kind: Kind, names: Names, judgement: Judgement & { entities: unknown }): void {
  const judged = judgedAs(document, kind)
  const parsed = entitySchemas[kind].safeParse(document.value)
  // Not `push(...problems)`: a large broken file has more of them than a call can have arguments.
  judgement.problems = judgement.problems.concat(checkReferences(judged, names, judgement.files))
  if (!parsed.success) judgement.problems = judgement.problems.concat(schemaProblems(judged, parsed.error.issues))
  else {
    const entity = parsed.data as Entity
    ;(judgement.entities as Record<Kind, Map<string, Entity>>)[kind].set(entity.metadata.name, entity)
    ;(judgement.documentOf as Map<Entity, RawDocument>).set(entity, document)
  }
}

function judgedAs(document: RawDocument, kind: Kind): Judged {
  const { name } = ((document.value as { metadata?: { name?: unknown } }).metadata ?? {}) as { name?: unknown }
  return { document, entity: typeof name === 'string' ? `${kind} ${name}` : kind, schema: entitySchemas[kind] }
}
