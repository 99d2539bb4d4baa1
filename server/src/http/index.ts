export { type AppParts, createApp, documentOf } from './app.ts'
