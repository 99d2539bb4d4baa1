import { type Database, storableText } from '../../database/index.ts'
import type { Observation, Observer } from '../../gateway/index.ts'
import { mediaTypeOf } from '../usage/sent-fields.ts'
import { captureJson, captureRequest } from './capture.ts'
import { isJson, type Message } from './check-message.ts'
import { type CheckerOptions, type CheckResult, createChecker } from './checker.ts'
import type { CurrentContract } from './current-contract.ts'
import type { DriftPlace } from './deviation.ts'
import { createFlush } from './flush.ts'
import { createSampler, type SamplerOptions } from './sampler.ts'

/** What became of a message that was chosen. dropped: too many were waiting. failed: the check was ended. unchecked: its schema can't be used. */
export type SampleOutcome = 'checked' | 'dropped' | 'too-large' | 'failed' | 'unchecked'

export interface DriftRecorderOptions extends Pick<SamplerOptions, 'share' | 'eager'> {
  database: Database
  contractOf(platform: string): Promise<CurrentContract | undefined>
  /** What a platform hides; see `hiddenPlaces`. */
  redact?(platform: string): readonly string[]
  onSample?(outcome: SampleOutcome): void
  onProblem(error: unknown): void
  /** Longest time until something seen is stored; a crash loses it. Default 30 s. */
  flushMs?: number
  /** How long a contract is taken to be the one in force without looking again. Default 30 s. */
  lookMs?: number
  checker?: Omit<CheckerOptions, 'onProblem'>
  now?: () => number
}

export interface DriftRecorder {
  observer: Observer
  /** A webhook that came in and was understood. @param instanceIds whom it concerns; only the first few are noted */
  delivery(platform: string, event: string, payload: unknown, instanceIds: readonly string[]): void
  /** Waits for the checks under way and stores what they found. */
  flush(): Promise<void>
  stop(): Promise<void>
}

interface Received {
  mediaType: string
  body: unknown
  request?: Pick<Observation, 'query' | 'requestBody' | 'requestHeaders'>
}

const maxLooks = 1_000
const maxPathLength = 1_000

/**
 * Holds samples of what platforms really send against the contract in force. Beside the calls: a call is delayed by deciding whether it is a
 * sample, and a sample by being written as text; reading contracts, compiling, checking happen in another thread, and storing later.
 */
export function createDriftRecorder(options: DriftRecorderOptions): DriftRecorder {
  const { database, lookMs = 30_000, onSample = () => {}, onProblem } = options
  const now = options.now ?? Date.now
  const sampler = createSampler({ ...options, now })
  const checker = createChecker({ ...options.checker, onProblem })
  const findings = createFlush({ database, onProblem, now })
  const looked = new Map<string, number>()
  /** What ended the thread once is not tried again under the same contract. */
  const endless = new Set<string>()
  const underWay = new Set<Promise<unknown>>()

  const track = <T>(work: Promise<T>): void => {
    const tracked = work.catch(onProblem).finally(() => underWay.delete(tracked))
    underWay.add(tracked)
  }
  const look = async (platform: string): Promise<void> => {
    const current = await options.contractOf(platform)
    if (current && checker.keyOf(platform) !== current.key) await checker.load(platform, current.key, await current.source())
  }
  const isReady = (platform: string): boolean => {
    const atMs = now()
    const before = looked.get(platform)
    if (before === undefined || atMs - before >= lookMs) {
      if (looked.size >= maxLooks) looked.clear()
      looked.set(platform, atMs)
      track(look(platform))
    }
    return checker.stateOf(platform) === 'ready'
  }
  /** @param read asked only for a message that is a sample: reading headers of all would cost more than all the rest */
  const consider = (place: DriftPlace, instanceId: string | undefined, read: () => Received): void => {
    const { platform, surface, method, status } = place
    const path = storableText(place.path)
    if (path.length > maxPathLength) return
    const key = `${platform}\n${surface} ${method} ${path} ${status}\n${instanceId ?? ''}`
    const at = { platform, surface, method, path, status, instanceId: instanceId ?? null, contract: checker.keyOf(platform)! }
    findings.received(key, at)
    if (!sampler.wants(key)) return
    const check = `${at.contract} ${surface} ${method} ${path} ${status}`
    if (endless.has(check)) return
    if (!checker.room) {
      onSample('dropped')
      return
    }
    const startedMs = performance.now()
    const { mediaType, body, request } = read()
    const hasBody = body !== undefined
    const json = hasBody && isJson(mediaType) ? captureJson(body) : undefined
    if (json === undefined && hasBody && isJson(mediaType)) {
      sampler.spend(performance.now() - startedMs)
      onSample('too-large')
      return
    }
    const message: Message = { surface, method, path, status, mediaType, hasBody, json }
    const sent = request && instanceId !== undefined && /^2/.test(status) ? captureRequest(request) : undefined
    const { promise, resolve } = Promise.withResolvers<void>()
    track(promise)
    let spentMs = 0
    checker.check(
      platform,
      { message, request: sent, record: instanceId !== undefined, redact: options.redact?.(platform) ?? [] },
      (result) => {
        const resumedMs = performance.now()
        if (typeof result !== 'string') conclude(key, at, result)
        else onSample('failed')
        if (result === 'endless' && endless.size < maxLooks) endless.add(check)
        sampler.spend(spentMs + performance.now() - resumedMs + (typeof result === 'string' ? 1_000 : result.cpuMs))
        resolve()
      },
    )
    spentMs = performance.now() - startedMs
  }
  const conclude = (key: string, at: Parameters<typeof findings.checked>[1], { checked, recordings }: CheckResult): void => {
    sampler.learn(
      key,
      checked.deviations.some(({ kind }) => kind === 'violation'),
    )
    onSample(checked.unchecked ? 'unchecked' : 'checked')
    findings.checked(key, at, checked, recordings)
  }
  const timer = setInterval(() => void findings.write(), options.flushMs ?? 30_000)
  timer.unref()

  return {
    observer(observation: Observation) {
      const { platform, method, path, status, run } = observation
      if (status === undefined || !isReady(platform)) return
      consider({ platform, surface: 'operation', method, path, status: String(status) }, run?.instanceId, () => ({
        mediaType: mediaTypeOf(observation.responseHeaders) ?? '',
        body: observation.responseBody,
        request: observation,
      }))
    },
    delivery(platform, event, payload, instanceIds) {
      if (!isReady(platform)) return
      const place = { platform, surface: 'webhook', method: 'POST', path: event, status: '' } as const
      for (const instanceId of instanceIds.slice(0, 3))
        consider(place, instanceId, () => ({ mediaType: 'application/json', body: payload }))
    },
    async flush() {
      // What is under way may begin something: a contract that was looked for is then being read.
      while (underWay.size > 0) await Promise.all(underWay)
      await findings.write()
    },
    async stop() {
      clearInterval(timer)
      await findings.write()
      await checker.stop()
    },
  }
}
