export { type AppParts, apiDocument, createApp, type LargeBody } from './app.ts'
