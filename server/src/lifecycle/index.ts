export { createLifecycle, type Lifecycle, type LifecycleParts } from './lifecycle.ts'
export { lifecycleRoutes } from './routes.ts'
