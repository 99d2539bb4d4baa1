import { createContext, Script } from 'node:vm'

const context = createContext({ work: undefined as unknown })
const script = new Script('work()')

const plainLength = 10_000

/**
 * A regular expression of a customer or a partner, which must not hold up the process: nested or repeated quantifiers can take longer than the universe on
 * thirty characters, and nothing but V8 can stop them. Asking it to costs half a millisecond, so what can't take long is matched without.
 */
export class BoundedRegex extends RegExp {
  readonly #simple: boolean
  readonly #limitMs: number
  #spentMs = 0

  /** @param limitMs for all matches together */
  constructor(pattern: RegExp, limitMs = 1_000) {
    super(pattern)
    this.#limitMs = limitMs
    this.#simple = canNotTakeLong(pattern.source)
  }

  /** @throws Error when it takes longer than its limit */
  override exec(text: string): RegExpExecArray | null {
    if (this.#simple && text.length <= plainLength) return super.exec(text)
    const startedAt = performance.now()
    const left = Math.ceil(this.#limitMs - this.#spentMs)
    if (left <= 0) throw tooLong(this.source)
    context.work = () => super.exec(text)
    try {
      return script.runInContext(context, { timeout: left }) as RegExpExecArray | null
    } catch (error) {
      throw (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? tooLong(this.source) : error
    } finally {
      context.work = undefined
      this.#spentMs += performance.now() - startedAt
    }
  }
}

function tooLong(source: string): Error {
  return new Error(`the regular expression /${source}/ takes too long on this text; avoid quantifiers inside of quantifiers`)
}

/** One quantifier and no group: at most the square of the text's length. */
function canNotTakeLong(source: string): boolean {
  const bare = source.replace(/\\./gs, 'e').replace(/\[[^\]]*\]/g, 'c')
  return !bare.includes('(') && (bare.match(/[*+?{]/g) ?? []).length <= 1
}
