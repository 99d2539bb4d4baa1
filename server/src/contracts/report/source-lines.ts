import { placeAside } from '../aside.ts'
import { type Contract, pointerOf, type SourceFile, type Spot } from '../contract.ts'
import { type Finding, sourceOf } from '../finding.ts'
import { type Place, placesIn } from './places-in.ts'

/** A place in a file, counted from 1. */
export interface SourceLine extends Place {
  file: string
}

/** As editors and terminals write it. */
export function placeInFile({ file, line, column }: SourceLine): string {
  return `${file}:${line}:${column}`
}

/**
 * Lines of findings in the newer document, or in the older one for what is gone. Made on demand in one pass per file, since
 * positions cost more than comparing. A place that does not stand in the text (Swagger 2 in version 3 terms) gives the
 * nearest one around it.
 *
 * @param only place everything in this (newer) contract, for readers who don't have the older document: what is gone stands at what was around it
 * @returns line by finding; findings that were stored and read back have none
 */
export function sourceLines(findings: readonly Finding[], only?: Contract): Map<Finding, SourceLine> {
  const lines = new Map<Finding, SourceLine>()
  for (const [file, wanted] of wantedIn(findings, only)) put(lines, file, wanted, placesIn(file.text, file.format, [...wanted.keys()]))
  return lines
}

function wantedIn(findings: readonly Finding[], only: Contract | undefined): Map<SourceFile, Map<string, Finding[]>> {
  const wanted = new Map<SourceFile, Map<string, Finding[]>>()
  for (const finding of findings) {
    const spot = only ? (sourceOf(finding)?.after ?? sourceOf(finding)?.before) : spotOf(finding)
    if (!spot) continue
    const file = only ? (only.files.get(spot.file.uri) ?? only.entry) : spot.file
    const pointers = wanted.get(file) ?? new Map<string, Finding[]>()
    wanted.set(file, pointers)
    const pointer = pointerOf(spot)
    pointers.set(pointer, [...(pointers.get(pointer) ?? []), finding])
  }
  return wanted
}

function put(
  lines: Map<Finding, SourceLine>,
  file: SourceFile,
  wanted: ReadonlyMap<string, readonly Finding[]>,
  places: readonly Place[],
): void {
  for (const [index, found] of [...wanted.values()].entries())
    for (const finding of found) lines.set(finding, { file: file.uri, ...places[index]! })
}

export type LineFinder = (findings: Iterable<Finding>) => Promise<ReadonlyMap<Finding, SourceLine>>

/**
 * The same for one contract and findings that come little by little: what was placed already is not looked for again. Large files are searched
 * in another thread.
 */
export function lineFinder(only: Contract): LineFinder {
  const known = new Map<Finding, SourceLine>()
  const looked = new Set<Finding>()
  return async (findings) => {
    const fresh = [...new Set(findings)].filter((finding) => !looked.has(finding))
    for (const finding of fresh) looked.add(finding)
    for (const [file, wanted] of wantedIn(fresh, only))
      put(known, file, wanted, await placeAside(file.text, file.format, [...wanted.keys()]))
    return known
  }
}

function spotOf(finding: Finding): Spot | undefined {
  const source = sourceOf(finding)
  const gone = /removed|deleted|-unset$|withdrawn/.test(finding.rule) && finding.after === undefined
  return gone ? (source?.before ?? source?.after) : (source?.after ?? source?.before)
}
