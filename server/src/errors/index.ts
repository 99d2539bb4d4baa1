export { BridgekeeperError, defineErrors, type ErrorRule, type ErrorTableRow, errorTable } from './define-errors.ts'
export { printErrors } from './print-errors.ts'
