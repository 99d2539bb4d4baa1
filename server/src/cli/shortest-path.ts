import { relative } from 'node:path'

/** How a person in `from` would write a path: relative while it is below, whole when it is elsewhere. */
export function shortestPath(from: string, path: string): string {
  const way = relative(from, path)
  return way.startsWith('..') ? path : way || '.'
}
