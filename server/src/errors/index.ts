export { BridgekeeperError, defineErrors, type ErrorRule, type ErrorTableRow, errorTable } from './define-errors.ts'
