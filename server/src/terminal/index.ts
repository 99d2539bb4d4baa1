export { displayWidth } from './display-width.ts'
export { tableLines, wrapText } from './text-layout.ts'
