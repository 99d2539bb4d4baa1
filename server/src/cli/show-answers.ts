import type { Metrics } from '../observation/index.ts'
import type { Io } from './io.ts'

/** Outcomes that are shown from the database, with more than is counted. */
const shownElsewhere = new Set(['recorded', 'handshake', 'not-verified'])

const words: Readonly<Record<string, string>> = {
  'already-recorded': 'a repeat: the first one counts, and nothing happens twice',
  'already-recorded-with-other-bytes':
    'a repeat with other content, which is lost: spec.webhooks.deliveryId of the platform must be another for each event',
  'source-unknown': 'no platform of the workspace receives webhooks at this address',
  'method-not-allowed': 'it was not sent with POST',
  'body-too-large': 'it is larger than spec.webhooks.maxBodyBytes of the platform',
  'content-type-unsupported': 'its content type is not among spec.webhooks.contentTypes of the platform',
  'content-encoding-unsupported': 'its body is compressed, and signatures cover the raw bytes',
}

/**
 * What the ingress answered, by its counter: repeats and requests that were refused unread leave no row that could be shown.
 *
 * @returns a function that gives a line for each kind of answer since it was called last
 */
export function followAnswers(io: Io, deliveries: Metrics['deliveries']): () => Promise<string[]> {
  const seen = new Map<string, number>()
  return async () => {
    const { values } = await deliveries.get()
    return values.flatMap(({ labels: { source, outcome }, value }) => {
      const key = `${source} ${outcome}`
      const more = value - (seen.get(key) ?? 0)
      seen.set(key, value)
      return more > 0 && outcome !== undefined && !shownElsewhere.has(String(outcome))
        ? [lineOf(io, String(source), String(outcome), more)]
        : []
    })
  }
}

function lineOf(io: Io, source: string, outcome: string, times: number): string {
  const isRepeat = outcome === 'already-recorded'
  const what = `${isRepeat ? '' : outcome.startsWith('already') ? io.yellow('repeated: ') : io.red('refused: ')}${words[outcome] ?? outcome.replaceAll('-', ' ')}`
  const mark = isRepeat ? io.dim('–') : io.red('✗')
  return `  ${mark} ${source.padEnd(8)} ${(times === 1 ? 'a webhook' : `${times} webhooks`).padEnd(20)} ${isRepeat ? io.dim(what) : what}`
}
