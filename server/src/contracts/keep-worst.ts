/**
 * Keeps a bounded number out of any number of items: all of them while they are few, the worst when they are not.
 *
 * @param rankOf higher is worse; of equals the first are kept
 */
export function keepWorst<Item>(limit: number, rankOf: (item: Item) => number) {
  let kept: Item[] = []
  let seen = 0
  const cut = (): void => {
    kept = kept.sort((a, b) => rankOf(b) - rankOf(a)).slice(0, limit)
  }
  return {
    add(items: readonly Item[]): void {
      kept.push(...items)
      seen += items.length
      if (kept.length > 2 * limit) cut()
    },
    /** In the order in which they came, or the worst first where some were dropped. */
    kept(): readonly Item[] {
      if (seen > limit) cut()
      return kept
    },
    get seen(): number {
      return seen
    },
  }
}
