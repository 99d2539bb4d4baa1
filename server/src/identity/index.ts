export {
  type ApiKey,
  addApiKey,
  authenticate,
  type Caller,
  listApiKeys,
  type NewApiKey,
  requireScope,
  revokeApiKey,
  type Scope,
  scopes,
} from './api-keys.ts'
export { errors as identityErrors } from './errors.ts'
export { type Visibility, visibilityOf } from './visibility.ts'
