import { expect, it } from 'vitest'
import { reportFormats, writeReport } from './formats.ts'
import { noticesReport, type ToldNotice } from './notices-report.ts'
import { counted, type UsedByClient, usageReport } from './usage-report.ts'

const window = { from: '2026-08-30', until: '2026-11-28' }
const count = {
  surface: 'operation' as const,
  method: 'POST',
  path: '/tickets',
  calls: 1,
  lastAt: '2026-11-28T10:00:00.000Z',
  statuses: { 201: 1 },
  accepts: ['application/json'],
  sends: ['application/json'],
  headers: ['idempotency-key'],
  sent: [{ field: 'priority', value: '"low"', seen: 1 }],
  reads: ['id'],
}
const clients: UsedByClient[] = [
  { client: 'bridge acme/main', state: 'observed', calls: 1, deliveries: 2, window, counts: [count] },
  { client: 'bridge initech/main', state: 'unknown', calls: 0, deliveries: 0, window, counts: [] },
]

it.each(reportFormats)('usage as %s tells what is sent, read and demanded; without traffic a client is unknown, not unused', (format) => {
  const written = writeReport(usageReport('helpdesk', clients, clients), format)
  expect(written).toContain('idempotency-key')
  expect(written).toContain('priority')
  if (format === 'text') {
    expect(written).toContain('bridge acme/main: observed, 1 call, 2 deliveries')
    expect(written).toContain('bridge initech/main: unknown, 0 calls, 0 deliveries')
    expect(written).toContain('2 clients of helpdesk, 1 without traffic.')
  }
  if (format === 'junit') expect(written).toContain('tests="2" failures="0" errors="0" skipped="1"')
})

it('usage of an older server, which tells no headers, is told as well', () => {
  const { headers: _, ...older } = count
  expect(writeReport(usageReport('helpdesk', [{ ...clients[0]!, counts: [older] }], {}), 'text')).toContain('answers 201 (1)')
  expect([counted(1, 'delivery'), counted(2, 'delivery'), counted(2, 'call')]).toEqual(['1 delivery', '2 deliveries', '2 calls'])
})

const notice = (more: Partial<ToldNotice>): ToldNotice => ({
  id: 'n1',
  platform: 'helpdesk',
  rule: 'operation-end-announced',
  place: 'GET /a',
  words: 'Its end is announced.',
  state: 'noticed',
  effectiveOn: '2027-03-01',
  judged: [{ integration: 'bridge', verdict: 'on time' }],
  answers: [{ person: 'acme/ada', answer: 'objected' }],
  waitingFor: ['globex'],
  ...more,
})

it('notices are told by how they were given: silent and late ones fail, undated ones warn, withdrawn ones do neither', () => {
  const severityOf = (more: Partial<ToldNotice>) => noticesReport([notice(more)], 'x', {}).groups[0]!.entries[0]!.severity
  const judged = (verdict: string) => ({ judged: [{ integration: 'bridge', verdict }] })
  expect([severityOf({}), severityOf(judged('silent')), severityOf(judged('late by 3 days')), severityOf(judged('undated'))]).toEqual([
    'note',
    'error',
    'error',
    'warning',
  ])
  expect(severityOf({ ...judged('silent'), state: 'withdrawn' })).toBe('note')
  const junit = writeReport(noticesReport([notice({}), notice({ platform: 'shop', ...judged('silent') })], 'x', {}), 'junit')
  expect(junit).toContain('tests="2" failures="1"')
  const text = writeReport(noticesReport([notice({})], 'one notice', {}), 'text')
  expect(text).toContain('Its end is announced; noticed for 2027-03-01; bridge: on time; acme/ada objected; waiting for globex. (n1)')
  expect(writeReport(noticesReport([], 'No change is announced or found.', {}), 'text')).toContain('No change is announced or found.')
  const standing = notice({ state: 'standing', effectiveOn: null, judged: [{ integration: 'a', verdict: 'undated' }] })
  expect(noticesReport([standing], '', {}).groups[0]!.entries).toMatchObject([{ severity: 'note', label: 'standing' }])
})
