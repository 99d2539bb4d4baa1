import { relative } from 'node:path'
import { watch } from 'chokidar'

export interface WorkspaceWatch {
  /** Resolves with the files that changed, relative to the root, when no more have changed for a moment; undefined after `stop`. */
  next(): Promise<string[] | undefined>
  stop(): Promise<void>
}

/** Editors write a file in several steps, and `git checkout` changes many at once. */
const quietMs = 150
const watched = /\.(ya?ml|ts|json|jsonata)$/
const ignored = /(^|[/\\])(node_modules|\.[^/\\]+|dist|coverage)([/\\]|$)/

/** Resolves when the files that are there are known. */
export async function watchWorkspace(root: string): Promise<WorkspaceWatch> {
  const watcher = watch(root, {
    ignoreInitial: true,
    ignored: (path, stats) => ignored.test(relative(root, path)) || (stats?.isFile() === true && !watched.test(path)),
  })
  const changed = new Set<string>()
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let waiting: ((files: string[] | undefined) => void) | undefined
  const hand = (): void => {
    if (!waiting || (changed.size === 0 && !stopped)) return
    waiting(stopped ? undefined : [...changed].sort())
    waiting = undefined
    changed.clear()
  }
  watcher.on('all', (_, path) => {
    changed.add(relative(root, path) || '.')
    clearTimeout(timer)
    timer = setTimeout(hand, quietMs)
  })
  await new Promise<void>((resolve) => watcher.once('ready', () => resolve()))
  return {
    next: () =>
      new Promise((resolve) => {
        waiting = resolve
        if (!timer?.hasRef() || stopped) hand()
        else timer.refresh()
      }),
    async stop() {
      stopped = true
      clearTimeout(timer)
      hand()
      await watcher.close()
    },
  }
}
