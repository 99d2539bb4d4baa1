import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from './errors.ts'
import { generateKey, type KeyRing, parseKeyRing } from './key-ring.ts'

export interface KeyRingSource {
  /** The value of BRIDGEKEEPER_KEYS. */
  keys?: string | undefined
  /** The value of BRIDGEKEEPER_KEYS_FILE; its access rights are the operator's business (a mounted secret, for example). */
  keyFile?: string | undefined
  /** Folder of the embedded default. Only given when the embedded database is used: its key file is made here when absent. */
  embeddedFolder?: string | undefined
}

/** Name of the file that the embedded default makes for itself, readable by its owner only. */
export const EMBEDDED_KEY_FILE = 'keys'

/**
 * Opens the key ring from the first source that is given: the variable, the file, the embedded default's own file.
 *
 * @throws connections.key_ring_missing       no source is given, so the program must not start
 * @throws connections.key_ring_malformed
 * @throws connections.key_file_unreadable
 * @throws connections.key_file_open_to_others the embedded default's file can be read by other users
 */
export async function openKeyRing(source: KeyRingSource): Promise<KeyRing> {
  if (source.keys !== undefined && source.keys.trim() !== '') return parseKeyRing(source.keys, 'BRIDGEKEEPER_KEYS')
  if (source.keyFile !== undefined && source.keyFile !== '') return parseKeyRing(await readKeyFile(source.keyFile), source.keyFile)
  if (source.embeddedFolder === undefined) throw errors.key_ring_missing({})
  return openEmbeddedKeyRing(source.embeddedFolder)
}

async function openEmbeddedKeyRing(folder: string): Promise<KeyRing> {
  const path = join(folder, EMBEDDED_KEY_FILE)
  await makeKeyFile(folder, path)
  const mode = (await stat(path)).mode & 0o777
  // Windows has no such bits; there the folder's own rights must do.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw errors.key_file_open_to_others({ path, mode: mode.toString(8) })
  return parseKeyRing(await readKeyFile(path), path)
}

/** Two processes that start at once must end with one file: each writes its own and links it; the second link fails. */
async function makeKeyFile(folder: string, path: string): Promise<void> {
  if (await exists(path)) return
  await mkdir(folder, { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`# Seals the credentials in this folder's database. Without it they are lost.\n${generateKey(new Date())}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  // The umask can only have taken rights away; give the owner exactly these.
  await chmod(draft, 0o600)
  try {
    await link(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function readKeyFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw errors.key_file_unreadable({ path, reason: (error as NodeJS.ErrnoException).code ?? 'unknown reason' }, error)
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
