import type { BodyShape, Trigger } from './platform.ts'

declare const input: unique symbol
declare const output: unique symbol

/** A transformation that is data: each instance may put its own expression in its place. */
export interface Mapping<Input = unknown, Output = unknown> {
  /** The default, in JSONata. `$settings` and `$instance` are bound as in a run. */
  readonly expression: string
  /** The events it can be given, whose schemas describe its input; empty when it was declared without. */
  readonly from: readonly Trigger[]
  /** The request body that its result becomes; the partner judges it. */
  readonly to: BodyShape
  readonly [input]?: Input
  readonly [output]?: Output
}

// biome-ignore lint/suspicious/noExplicitAny: `any` stands for "some mapping" in constraints.
export type AnyMapping = Mapping<any, any>
export type MappingInput<M> = M extends { readonly [input]?: infer I } ? I : never
export type MappingResult<M> = M extends { readonly [output]?: infer O } ? O : never

type EventsOf<Triggers extends readonly Trigger[]> = Triggers[number] extends Trigger<infer Event> ? Event : never

/**
 * Declares a mapping with its default.
 *
 * @param from what it reads: the events of these triggers
 * @param to what it makes: the body of one request, `helpdesk.body('POST', '/tickets')`; gives `map` the type of its result
 * @param expression JSONata 2; pure, so it may be evaluated any number of times
 */
export function mapping<const Triggers extends readonly Trigger[], Output>(
  shape: { from: Triggers; to: BodyShape<Output> },
  expression: string,
): Mapping<EventsOf<Triggers>, Output> {
  return { expression, from: shape.from, to: shape.to }
}
