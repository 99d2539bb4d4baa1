import { type AnyFailure, PartnerDownFailure } from '@bridgekeeper/sdk'
import type { Circuits, OpenCircuit, Probe } from './circuits.ts'
import { Comebacks } from './comebacks.ts'
import type { Blocked } from './connection-health.ts'

const prefix = 'circuit:'

/** What waits behind circuits, by names as failures give them: `circuit:<key>`. */
export interface BehindCircuits {
  /** Of these names those behind which runs may go on now, and how many: the circuit has closed, or nobody tries it. */
  rooms(names: readonly string[]): Promise<Map<string, number>>
  /** Of these names those for which the caller shall let one run try. */
  toTry(names: readonly string[]): Promise<string[]>
}

/**
 * Due for so long and never tried: none that waits behind it calls there any more (its connection is gone, or has another address by now), so all
 * shall find out what they wait for.
 */
const NOBODY_TRIES_MS = 300_000

/** Whether what a failure waits for is a circuit. */
export const isCircuit = (name: string): boolean => name.startsWith(prefix)
/** A circuit as failures name it. */
export const circuitName = ({ key }: { key: string }): string => `${prefix}${key}`

/** @param isStopped whether something else stops the calls of this connection: who tried would only wait for that */
export function behindCircuits(circuits: Circuits, isStopped: (connectionId: string) => boolean): BehindCircuits {
  const comebacks = new Comebacks()
  const mayTry = (key: string): boolean => !key.startsWith('connection:') || !isStopped(key.slice('connection:'.length))
  return {
    async rooms(names) {
      const nowMs = Date.now()
      const open = names.length === 0 ? [] : await circuits.list()
      const shut = new Set(open.filter(({ key, retryMs }) => retryMs > nowMs - NOBODY_TRIES_MS || !mayTry(key)).map(circuitName))
      const closed = names.filter((name) => !shut.has(name))
      comebacks.keepOnly(new Set(closed))
      return new Map(closed.map((name) => [name, comebacks.room(name, nowMs)]))
    },
    async toTry(names) {
      const keys = names.map((name) => name.slice(prefix.length)).filter(mayTry)
      return (await circuits.askForProbes(keys)).map((key) => circuitName({ key }))
    },
  }
}

export function circuitBlocks(platform: string, circuit: OpenCircuit, untilMs: number): Blocked {
  const reason = `${platform} has been down since ${circuit.openedAt.toISOString()}: ${circuit.reason} (circuit ${circuit.key})`
  return { kind: 'partner-down', reason, key: circuitName(circuit), untilMs }
}

/** Who has tried for all and found nobody waits with them: it is no fault of that run, whatever the answer was. */
export function stillDown(failure: AnyFailure, probe: Probe): PartnerDownFailure {
  const { status, body } = failure
  return new PartnerDownFailure(failure.message, {
    cause: failure,
    key: circuitName(probe),
    ...(status === undefined ? {} : { status }),
    ...(body === undefined ? {} : { body }),
  })
}
