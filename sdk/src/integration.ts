import { checkDefinition } from './check-definition.ts'
import type { Clients, RunTools } from './context.ts'
import type { Flow } from './flow.ts'
import type { AnyMapping } from './mapping.ts'
import type { Platform } from './platform.ts'
import type { OutputOf, StandardSchema } from './standard-schema.ts'

/** A product that bridges platforms, in one version. Plain data and functions: what the runtime holds. */
export interface Integration {
  readonly name: string
  readonly version: string
  readonly platforms: Readonly<Record<string, Platform>>
  /** Absent: instances have no settings. */
  readonly settings?: StandardSchema
  readonly meters: readonly string[]
  readonly mappings: Readonly<Record<string, AnyMapping>>
  readonly flows: Readonly<Record<string, Flow>>
}

/** All of an integration but its flows; the flows' types come from here. */
export interface Product<
  Platforms extends Record<string, Platform>,
  Settings extends StandardSchema,
  Meter extends string,
  Mappings extends Record<string, AnyMapping>,
> {
  /** Kebab-case; the name of the Integration entity in the workspace. */
  name: string
  /** Semantic version. Instances stay on theirs until they are upgraded. */
  version: string
  /** By the platforms' own names, as in `{ github, helpdesk }`; `help-desk` is written `helpDesk`. */
  platforms: Platforms
  /** What a customer sets, as any Standard Schema (Zod, Valibot, ArkType). */
  settings?: Settings
  /** What the integration counts, as `noun.verb`: `ticket.synced`. */
  meters?: readonly Meter[]
  mappings?: Mappings
}

/** The facts that the flows of a product see. */
export type FactsOf<P> =
  P extends Product<infer Platforms, infer Settings, infer Meter, infer Mappings>
    ? { platforms: Platforms; settings: OutputOf<Settings>; meters: Meter; mappings: Mappings }
    : never

/** What the flows of a product share: its clients and tools. For functions that several flows call. */
export type ToolsOf<P> = Clients<FactsOf<P>['platforms']> & RunTools<FactsOf<P>>

/**
 * Defines an integration. The product comes first and the flows second because TypeScript learns from the first argument what the flows
 * may use: the events, clients, meters, mappings and settings of exactly these platforms and no others.
 *
 * @param flows by name. Renaming a flow makes a new one: runs, cursors and schedules belong to the name
 * @throws DefinitionError with all that is wrong at once
 */
export function defineIntegration<
  Platforms extends Record<string, Platform>,
  Settings extends StandardSchema = StandardSchema<Record<never, never>>,
  const Meter extends string = never,
  Mappings extends Record<string, AnyMapping> = Record<never, never>,
>(
  product: Product<Platforms, Settings, Meter, Mappings>,
  flows: Record<string, Flow<{ platforms: Platforms; settings: OutputOf<Settings>; meters: Meter; mappings: Mappings }>>,
): Integration {
  const integration: Integration = {
    name: product.name,
    version: product.version,
    platforms: product.platforms,
    ...(product.settings ? { settings: product.settings } : {}),
    meters: product.meters ?? [],
    mappings: product.mappings ?? {},
    flows,
  }
  checkDefinition(integration)
  return integration
}
