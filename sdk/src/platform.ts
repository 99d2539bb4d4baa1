import type { BodyAt, Content, Method, PathsFor } from './client.ts'

declare const payload: unique symbol
declare const paths: unique symbol

/** One event of one platform. At run time only the two names; `Event` is the type of its payload. */
export interface Trigger<Event = unknown> {
  readonly platform: string
  readonly event: string
  readonly [payload]?: Event
}

/** The request body of one operation: what a mapping makes. At run time only the three names. */
export interface BodyShape<Body = unknown> {
  readonly platform: string
  readonly method: Method
  readonly path: string
  readonly [payload]?: Body
}

/** A system with an API, typed by its contract. Made by the module that `bridgekeeper types` writes. */
// biome-ignore lint/suspicious/noExplicitAny: the default stands for "some platform" where the types of its contract don't matter.
export interface Platform<Paths extends {} = any, Webhooks extends {} = any> {
  /** The name of the Platform entity in the workspace. */
  readonly name: string
  readonly [paths]?: Paths
  /** One of the events that the platform's contract declares, for `on` and `emit`. */
  webhook<E extends keyof Webhooks & string>(event: E): Trigger<EventPayload<Webhooks[E]>>
  /** The request body of one operation, for `mapping`. */
  body<M extends Method, P extends PathsFor<Paths, M>>(method: M, path: P): BodyShape<BodyAt<Paths, M, P>>
}

/** What an event's payload is in the `webhooks` of a contract, as openapi-typescript writes them. */
export type EventPayload<Webhook> = Webhook[keyof Webhook] extends { requestBody?: infer Body } ? Content<NonNullable<Body>> : unknown

export type PayloadOf<T> = T extends { readonly [payload]?: infer P } ? P : never
export type PathsOf<P> = P extends { readonly [paths]?: infer Paths } ? NonNullable<Paths> : never

/**
 * Makes the typed handle of a platform. Called by generated modules; an author imports the constant from there.
 *
 * @param name the name of the Platform entity, which is also the name of its client in a run
 */
export function definePlatform<Paths extends {}, Webhooks extends {}>(name: string): Platform<Paths, Webhooks> {
  return {
    name,
    webhook: (event) => ({ platform: name, event }),
    body: (method, path) => ({ platform: name, method, path }),
  }
}
