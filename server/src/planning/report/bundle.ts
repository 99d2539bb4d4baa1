import { readFile } from 'node:fs/promises'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder whose files a page may carry. Nothing outside it runs in a reader's browser. */
const feature = dirname(dirname(fileURLToPath(import.meta.url)))

let bundled: Promise<string> | undefined

/** The page's program with everything it imports, as one classic script. Read from the program's own files, so it is the server's own code. */
export function pageProgram(): Promise<string> {
  bundled ??= bundle(fileURLToPath(new URL(`./page-program${extname(import.meta.filename)}`, import.meta.url)))
  return bundled
}

/**
 * Joins an entry file and its relative imports. Types are stripped by TypeScript; each file becomes a function, called
 * when it is first asked for.
 *
 * @throws Error when a file imports something from outside the feature (it would not exist in a browser)
 */
async function bundle(entry: string): Promise<string> {
  const modules = new Map<string, string>()
  await collect(entry, modules)
  const table = [...modules].map(([name, code]) => `${JSON.stringify(name)}(exports,require){${code}}`).join(',\n')
  return `(()=>{"use strict";const modules={${table}};const loaded={};
const load=(name)=>{if(!loaded[name]){loaded[name]={};modules[name](loaded[name],(path)=>load(new URL(path,"x:/"+name).pathname.slice(1)))}return loaded[name]};
load(${JSON.stringify(nameOf(entry))})})()`
}

const nameOf = (file: string): string => relative(feature, file).replaceAll('\\', '/')

async function collect(file: string, modules: Map<string, string>): Promise<void> {
  const name = nameOf(file)
  if (modules.has(name)) return
  if (name.startsWith('..')) throw new Error(`${file} can't run in a browser: it is outside of planning`)
  modules.set(name, '')
  const code = await toScript(await readFile(file, 'utf8'))
  modules.set(name, code)
  for (const [, path] of code.matchAll(/require\("([^"]+)"\)/g)) {
    if (!path!.startsWith('.')) throw new Error(`${name} can't run in a browser: it imports ${path}`)
    await collect(join(dirname(file), path!), modules)
  }
}

async function toScript(source: string): Promise<string> {
  // Loaded when the first page is made: the compiler takes a quarter of a second that no other command needs.
  const { default: typescript } = await import('typescript')
  const { ModuleKind, ScriptTarget, transpileModule } = typescript
  const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, removeComments: true }
  // The marker of ES modules is of no use here; the strict mode is that of the whole.
  return transpileModule(source, { compilerOptions })
    .outputText.replace('"use strict";\n', '')
    .replace('Object.defineProperty(exports, "__esModule", { value: true });\n', '')
}
