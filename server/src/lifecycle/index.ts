export { createLifecycle, type Lifecycle, type LifecycleParts } from './lifecycle.ts'
export { readLinkFacts, startLinkChecks } from './links/check-links.ts'
export { lifecycleRoutes } from './routes.ts'
export { startAdmitting } from './start-admitting.ts'
