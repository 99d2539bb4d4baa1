/** Room for the payloads and remembered results of the runs that a worker holds, so that a burst of large ones waits in the database instead of filling the memory. */
export interface PayloadRoom {
  readonly freeBytes: number
  /** Takes at once, whatever is free: for what is in memory already. */
  occupy(bytes: number): void
  /** Resolves when there is room, in the order of the calls. More than all there is gets the room to itself. */
  take(bytes: number): Promise<void>
  /** Gives back what `occupy` or `take` took. */
  give(bytes: number): void
}

/** @param limitBytes of payloads as received; parsed they take several times as much */
export function createPayloadRoom(limitBytes: number): PayloadRoom {
  let occupied = 0
  const waiting: { bytes: number; enter(): void }[] = []
  const fits = (bytes: number) => occupied === 0 || occupied + bytes <= limitBytes
  return {
    get freeBytes() {
      return waiting.length > 0 ? 0 : Math.max(0, limitBytes - occupied)
    },
    occupy(bytes) {
      occupied += bytes
    },
    take(bytes) {
      if (waiting.length === 0 && fits(bytes)) {
        occupied += bytes
        return Promise.resolve()
      }
      return new Promise((enter) => waiting.push({ bytes, enter }))
    },
    give(bytes) {
      occupied -= bytes
      while (waiting.length > 0 && fits(waiting[0]!.bytes)) {
        const next = waiting.shift()!
        occupied += next.bytes
        next.enter()
      }
    },
  }
}
