export { BridgekeeperError, defineErrors, type ErrorRule, type ErrorTableRow, errorTable } from './define-errors.ts'
export { firstFew } from './first-few.ts'
export { printErrors } from './print-errors.ts'
export { type ProblemDetails, problemDetails } from './problem-details.ts'
