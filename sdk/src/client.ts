/** The six methods of a platform's client. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

// biome-ignore lint/complexity/noBannedTypes: the generated `paths` is an interface, which has no index signature.
type AnyPaths = {}

/** The paths of a contract that have an operation for this method. */
export type PathsFor<Paths extends AnyPaths, M extends Method> = {
  [P in keyof Paths]: Paths[P] extends { [K in Lowercase<M>]: infer Operation } ? ([Operation] extends [undefined] ? never : P) : never
}[keyof Paths] &
  string

type OperationAt<Paths extends AnyPaths, M extends Method, P extends keyof Paths> =
  Paths[P] extends Record<Lowercase<M>, infer Operation> ? Operation : never

type Parameters<Operation> = Operation extends { parameters: infer All } ? All : Record<never, never>
type ParametersIn<Operation, Where extends string> =
  Parameters<Operation> extends { [K in Where]?: infer Given } ? NonNullable<Given> : never

/** An optional property where all of `T` is optional, a required one otherwise, none where `T` is `never`. */
type Part<Name extends string, T> = [T] extends [never]
  ? { [K in Name]?: never }
  : Record<never, never> extends T
    ? { [K in Name]?: T }
    : { [K in Name]: T }

/** The value of a request body or an answer, whatever its media type. */
export type Content<T> = T extends { content: infer ByMediaType } ? ByMediaType[keyof ByMediaType] : never

/** The request body of an operation, as its contract describes it; `never` when it takes none. */
export type BodyOf<Operation> = Operation extends { requestBody?: infer Body } ? Content<NonNullable<Body>> : never

type BodyPart<Operation> = [BodyOf<Operation>] extends [never]
  ? { body?: never }
  : Operation extends { requestBody: infer Body }
    ? undefined extends Body
      ? { body?: BodyOf<Operation> }
      : { body: BodyOf<Operation> }
    : { body?: BodyOf<Operation> }

type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | '2XX'
type Answer<Response> = [Content<Response>] extends [never] ? undefined : Content<Response>
type Answers<Responses> = { [S in keyof Responses]: S extends SuccessStatus ? Answer<Responses[S]> : never }[keyof Responses]

/** What an operation answers with a status of 2xx: its body, `undefined` for one without a body, `unknown` when the contract does not say. */
export type ResultOf<Operation> = Operation extends { responses: infer Responses }
  ? [Answers<Responses>] extends [never]
    ? unknown
    : Answers<Responses>
  : unknown

/** What a call of one operation must and may carry. */
export type RequestOf<Operation> = Part<'params', ParamsOf<Operation>> & BodyPart<Operation> & { headers?: Record<string, string> }

type ParamsOf<Operation> = Part<'path', ParametersIn<Operation, 'path'>> & Part<'query', ParametersIn<Operation, 'query'>>

/** The request is optional when nothing in it is required. */
type RequestArguments<Operation> =
  Record<never, never> extends RequestOf<Operation> ? [request?: RequestOf<Operation>] : [request: RequestOf<Operation>]

/** A partner's whole answer. Header names are lower case. */
export interface Answered<Body> {
  status: number
  headers: Readonly<Record<string, string>>
  body: Body
}

type Call<Paths extends AnyPaths, M extends Method> = <P extends PathsFor<Paths, M>>(
  path: P,
  ...request: RequestArguments<OperationAt<Paths, M, P>>
) => Promise<ResultOf<OperationAt<Paths, M, P>>>

/**
 * The typed client of one platform for one instance: its base URL, its credentials, its rate budget.
 *
 * A call resolves to the body of a 2xx answer. Everything else is thrown as a `Failure` of the kind that says what the runtime does next,
 * so a flow needs no error handling of its own; catch a failure only to decide something about it.
 *
 * GET and HEAD may be called anywhere and run again whenever the run does. POST, PUT, PATCH and DELETE belong inside `step(…)`:
 * outside, they are refused with `runtime.write_outside_step`, because nothing could remember that they happened.
 */
export interface Client<Paths extends AnyPaths> {
  GET: Call<Paths, 'GET'>
  HEAD: Call<Paths, 'HEAD'>
  /** Inside `step` only. */
  POST: Call<Paths, 'POST'>
  /** Inside `step` only. */
  PUT: Call<Paths, 'PUT'>
  /** Inside `step` only. */
  PATCH: Call<Paths, 'PATCH'>
  /** Inside `step` only. */
  DELETE: Call<Paths, 'DELETE'>
  /** The same call with status and headers of the answer, for `Link`, `ETag`, `Location`. Writes inside `step` only. */
  send<M extends Method, P extends PathsFor<Paths, M>>(
    method: M,
    path: P,
    ...request: RequestArguments<OperationAt<Paths, M, P>>
  ): Promise<Answered<ResultOf<OperationAt<Paths, M, P>>>>
}

/** The request body of one operation of a contract. */
export type BodyAt<Paths extends AnyPaths, M extends Method, P extends keyof Paths> = BodyOf<OperationAt<Paths, M, P>>
