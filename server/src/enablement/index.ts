export { sheetHtml, sheetMarkdown } from './render.ts'
export type { Line, Section, Sheet } from './sheet.ts'
export { readSource, type Source } from './source.ts'
export { type SheetKind, type SheetRequest, sideSheets, wholeSheets, writeSheets } from './write-sheet.ts'
