// What learning the usage costs per run: one event that is read, one answer that is read, one call that is observed. Prints microseconds.
import { createUsageRecorder } from '../../server/src/contracts/index.ts'

const runs = Number(process.argv[2] ?? 20_000)
const event = () => JSON.parse(payload)
const payload = JSON.stringify({
  action: 'closed',
  issue: {
    id: 7,
    title: 'a title',
    labels: Array.from({ length: 10 }, (_, n) => ({ id: n, name: `label ${n}`, color: 'abc' })),
    user: { login: 'm', id: 3 },
    ...Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`field_${n}`, n])),
  },
})
const recorder = createUsageRecorder({ database: { executor: undefined } as never, flushMs: 3_600_000, onProblem: () => {} })

function use(watched: ReturnType<typeof event>): unknown {
  const { issue } = watched
  return [issue.title, issue.user.login, issue.labels.some((label: { name: string }) => label.name === 'none')]
}

function measure(one: (n: number) => unknown): number {
  for (let n = 0; n < 2_000; n++) one(n)
  const start = performance.now()
  for (let n = 0; n < runs; n++) one(n)
  return ((performance.now() - start) * 1_000) / runs
}

const plain = measure(() => [use(event()), use(event())])
const learned = measure((n) => {
  const watch = recorder.begin({ runId: `run-${n}`, instanceId: `instance-${n % 50}` })
  const first = use(watch.event('github', 'issues.closed', event()))
  recorder.observer({
    platform: 'helpdesk',
    method: 'POST',
    path: '/tickets',
    query: {},
    requestHeaders: { 'content-type': 'application/json' },
    requestBody: { subject: 's', priority: 'high', tags: ['a', 'b'], requester: { mail: 'x' } },
    responseHeaders: { 'content-type': 'application/json' },
    status: 200,
    sent: true,
    runId: `run-${n}`,
  } as never)
  const second = use(watch.answer('helpdesk', 'POST', '/tickets', event()))
  watch.end(false)
  return [first, second]
})
await recorder.stop()
console.log(JSON.stringify({ runs, plainMicroseconds: plain, withUsageMicroseconds: learned, addedMicroseconds: learned - plain }, null, 2))
