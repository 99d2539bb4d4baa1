export { apiKeyRoutes } from './api-key-routes.ts'
export {
  type ApiKey,
  addApiKey,
  authenticate,
  type Caller,
  listApiKeys,
  type NewApiKey,
  requireScope,
  revokeApiKey,
  revokeApiKeySecret,
  type Scope,
  scopes,
} from './api-keys.ts'
export { errors as identityErrors } from './errors.ts'
export {
  type Api,
  type Authenticated,
  asJson,
  createApi,
  jsonAnswer,
  madeAnswer,
  madeAt,
  mustBeCompany,
  mustBeOperator,
  mustHave,
  mustRun,
  ownerOf,
  problemAnswers,
  requireCaller,
  security,
} from './routes.ts'
export { type Visibility, visibilityOf } from './visibility.ts'
