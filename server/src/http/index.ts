export { type AppParts, apiDocument, createApp } from './app.ts'
