/** What one kind of failure is called, who should try again, and how to mend it. */
export interface ErrorRule<Values> {
  /** HTTP status the API answers with. */
  status: number
  /** Whether the same request can succeed later without anybody changing anything. */
  retry: boolean
  /** One sentence with what was expected and what was found. */
  message: (values: Values) => string
  /** What the reader does next. */
  fix: string | ((values: Values) => string)
}

/** The only error type that is not a bug. `code` is stable: clients may switch on it. */
export class BridgekeeperError extends Error {
  readonly code: string
  readonly status: number
  readonly retry: boolean
  readonly fix: string
  readonly values: Readonly<Record<string, unknown>>

  constructor(init: { code: string; status: number; retry: boolean; message: string; fix: string; values: Record<string, unknown> }) {
    super(init.message)
    this.name = 'BridgekeeperError'
    this.code = init.code
    this.status = init.status
    this.retry = init.retry
    this.fix = init.fix
    this.values = init.values
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds rules of different values; the call sites are typed through ErrorMakers.
type Rules = Record<string, ErrorRule<any>>

type ErrorMakers<R extends Rules> = {
  readonly [K in keyof R]: R[K] extends ErrorRule<infer Values> ? (values: Values, cause?: unknown) => BridgekeeperError : never
}

/** One printed row of docs/errors.md. */
export interface ErrorTableRow {
  code: string
  status: number
  retry: boolean
  message: string
  fix: string
}

const tables = new Map<string, Rules>()

/**
 * Declares the error table of one feature. Each key becomes a maker: `throw errors.source_unknown({ source })`.
 *
 * @param feature folder name; the code is `feature.key`
 * @throws Error when two features declare the same name (a programming mistake)
 */
export function defineErrors<const R extends Rules>(feature: string, rules: R): ErrorMakers<R> {
  if (tables.has(feature)) throw new Error(`the error table of ${feature} is declared twice`)
  tables.set(feature, rules)
  const makers = Object.fromEntries(
    Object.entries(rules).map(([key, rule]) => [
      key,
      (values: Record<string, unknown>, cause?: unknown) => {
        const error = new BridgekeeperError({
          code: `${feature}.${key}`,
          status: rule.status,
          retry: rule.retry,
          message: rule.message(values),
          fix: typeof rule.fix === 'function' ? rule.fix(values) : rule.fix,
          values,
        })
        if (cause !== undefined) error.cause = cause
        return error
      },
    ]),
  )
  return makers as ErrorMakers<R>
}

/**
 * All declared rules, sorted by code, with `{name}` where a value stands. Printed to docs/errors.md.
 * Rules whose message needs more than plain values are shown by calling them with a recorder of the names they read.
 */
export function errorTable(): ErrorTableRow[] {
  const placeholder = new Proxy({}, { get: (_, name) => (typeof name === 'string' ? placeholderFor(name) : undefined) })
  return [...tables]
    .flatMap(([feature, rules]) =>
      Object.entries(rules).map(([key, rule]) => ({
        code: `${feature}.${key}`,
        status: rule.status,
        retry: rule.retry,
        message: rule.message(placeholder),
        fix: typeof rule.fix === 'function' ? rule.fix(placeholder) : rule.fix,
      })),
    )
    .sort((a, b) => (a.code < b.code ? -1 : 1))
}

/** Reads as `{name}` in a template, and answers the calls that messages make on lists (`values.found.join(', ')`). */
function placeholderFor(name: string): unknown {
  const text = `{${name}}`
  return { toString: () => text, join: () => text, map: () => ({ join: () => text }), toFixed: () => text, length: text }
}
