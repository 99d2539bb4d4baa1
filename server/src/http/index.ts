export { type AppParts, apiDocument, createApp, createStatusApp, type LargeBody } from './app.ts'
