import type { ObservedUsage, OperationCount } from '../usage/usage-of.ts'
import type { Report } from './report.ts'

/** What one client was seen to use, as it came over the wire. */
export type UsedByClient = Pick<ObservedUsage, 'state' | 'calls' | 'deliveries' | 'window'> & {
  client: string
  /** An older server tells no headers. */
  counts: readonly (Omit<OperationCount, 'lastAt' | 'headers' | 'noted'> & { lastAt: Date | string; headers?: readonly string[] })[]
}

/** What clients use of a platform, by client. Nothing in it is bad news; a client without traffic is unknown. */
export function usageReport(platform: string, clients: readonly UsedByClient[], facts: unknown): Report {
  const window = clients[0]?.window
  const silent = clients.filter(({ state }) => state === 'unknown').length
  const known = `${counted(clients.length, 'client')} of ${platform}${silent > 0 ? `, ${silent} without traffic` : ''}.`
  return {
    title: `What clients use of ${platform}`,
    before: window?.from ?? platform,
    after: window?.until ?? platform,
    headline: clients.length === 0 ? `No instance has a connection to ${platform}.` : known,
    about: 'client',
    groups: clients.map(({ client, state, calls, deliveries, counts }) => ({
      name: client,
      verdict: state === 'unknown' ? 'skipped' : 'passed',
      summary: `${state}, ${counted(calls, 'call')}, ${counted(deliveries, 'delivery')}`,
      entries: counts.map((count) => {
        const place = placeOfCount(count)
        const message = [useInWords(count), ...detailsOf(count)].join('; ')
        return {
          severity: 'note',
          label: 'uses',
          rule: 'usage',
          position: place,
          message: `${message}.`,
          source: undefined,
          identity: `${client} ${place}`,
        }
      }),
    })),
    facts,
  }
}

export const placeOfCount = ({ surface, method, path }: Pick<OperationCount, 'surface' | 'method' | 'path'>): string =>
  surface === 'webhook' ? `webhook ${path}` : `${method} ${path}`

/** `15 calls, last 2026-11-28`. */
export function useInWords({ surface, calls, lastAt }: UsedByClient['counts'][number]): string {
  const last = lastAt instanceof Date ? lastAt.toISOString() : lastAt
  return `${counted(calls, surface === 'webhook' ? 'delivery' : 'call')}, last ${last.slice(0, 10)}`
}

/** What is known besides, one text each: what is sent, read, and how it is spoken. */
export function detailsOf({ surface, sent, reads, statuses, sends, accepts, headers = [] }: UsedByClient['counts'][number]): string[] {
  const fields = sent.map(({ field, value, seen }) => `${field}${value === '' ? '' : `=${value}`} (${seen})`)
  const answers = Object.entries(statuses).map(([status, seen]) => `${status} (${seen})`)
  const spoken = [...sends.map((type) => `sends ${type}`), ...accepts.map((type) => `is answered ${type}`)]
  return [
    ...(fields.length > 0 ? [`sends ${fields.join(', ')}`] : []),
    `reads ${reads === undefined ? 'unknown' : reads.join(', ') || 'nothing'}`,
    ...(surface === 'operation' && answers.length > 0 ? [`answers ${answers.join(', ')}`] : []),
    ...(spoken.length > 0 ? [spoken.join(', ')] : []),
    ...(headers.length > 0 ? [`headers ${headers.join(', ')}`] : []),
  ]
}

export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : noun.replace(/y$/, 'ie').concat('s')}`
}
