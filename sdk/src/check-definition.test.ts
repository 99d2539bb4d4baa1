import { describe, expect, it } from 'vitest'
import { clientName, DefinitionError, defineIntegration, definePlatform, every, mapping, on, sweep } from './index.ts'

type Payload = { post: { requestBody: { content: { 'application/json': { id: string } } } } }
const github = definePlatform<Record<never, never>, { 'issues.closed': Payload }>('github')
const deskPaths = definePlatform<
  { '/tickets': { post: { requestBody: { content: { 'application/json': { id: string } } }; responses: Record<never, never> } } },
  Record<never, never>
>('help-desk')
const run = async () => {}
const closed = on(github.webhook('issues.closed'), { lane: ({ id }) => id, onPoison: 'park', run })

function problemsOf(define: () => unknown): readonly string[] {
  try {
    define()
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems
    throw error
  }
  return []
}

describe('an integration', () => {
  it('is plain data and functions', () => {
    const ticket = mapping({ from: [github.webhook('issues.closed')], to: deskPaths.body('POST', '/tickets') }, '{ "id": id }')
    const integration = defineIntegration(
      { name: 'a-b', version: '1.0.0', platforms: { github, helpDesk: deskPaths }, meters: ['ticket.synced'], mappings: { ticket } },
      { closed, poll: every('PT15M', { run }), weekly: every('0 6 * * 1', { run }) },
    )
    expect(integration).toMatchObject({
      name: 'a-b',
      version: '1.0.0',
      meters: ['ticket.synced'],
      mappings: {
        ticket: {
          expression: '{ "id": id }',
          from: [{ platform: 'github', event: 'issues.closed' }],
          to: { platform: 'help-desk', method: 'POST', path: '/tickets' },
        },
      },
      flows: {
        closed: { kind: 'on', platform: 'github', event: 'issues.closed', onPoison: 'park' },
        poll: { kind: 'every', interval: 'PT15M' },
        weekly: { kind: 'every', cron: '0 6 * * 1' },
      },
    })
    expect(integration.flows.poll).not.toHaveProperty('cron')
  })

  it('names everything that is wrong at once', () => {
    const elsewhere = definePlatform<Record<never, never>, { 'issues.closed': Payload }>('gitlab')
    const event = definePlatform<Record<never, never>, Record<never, never>>('event')
    const problems = problemsOf(() =>
      defineIntegration(
        {
          name: 'GitHub Helpdesk',
          version: '1',
          platforms: { hub: github, event },
          meters: ['synced', 'ticket.synced', 'ticket.synced'],
          mappings: { ticket: mapping({ from: [elsewhere.webhook('issues.closed')], to: deskPaths.body('POST', '/tickets') }, ' ') },
        },
        {
          'close-ticket': on(elsewhere.webhook('issues.closed'), { lane: () => 1, onPoison: 'park', run }),
          poll: every('15 minutes', { run }),
          never: every('PT0S', { run }),
        },
      ),
    )
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'name',
      'version',
      'meters',
      'meters',
      'platforms.hub',
      'platforms.event',
      'mappings.ticket',
      'mappings.ticket',
      'mappings.ticket',
      'flows.close-ticket',
      'flows.close-ticket',
      'flows.poll',
      'flows.never',
    ])
    expect(problems.join()).toContain('write github')
  })

  it('refuses to look back by what is no duration, or from nowhere', () => {
    const problems = problemsOf(() =>
      defineIntegration(
        { name: 'a', version: '1.0.0', platforms: { github } },
        {
          vague: every('PT15M', { lookBack: '5 minutes', initialCursor: ({ now }) => now, run }),
          nowhere: every('PT15M', { lookBack: 'PT5M', run }),
          good: every('PT15M', { lookBack: 'PT5M', initialCursor: ({ now }) => now, run }),
        },
      ),
    )
    expect(problems).toEqual([
      'flows.vague: expected an ISO 8601 duration such as PT5M for lookBack, found "5 minutes"',
      'flows.nowhere: looks back from a time, so it needs one to start with; add initialCursor: ({ now }) => now',
    ])
  })

  it('needs a flow', () => {
    expect(problemsOf(() => defineIntegration({ name: 'a', version: '1.0.0', platforms: { github } }, {}))).toEqual([
      'flows: expected at least one flow',
    ])
  })

  it.each(['PT1M', 'PT60S', 'PT15M', 'P1D', 'PT1H30M', 'P2W', 'P1DT2H', '*/5 * * * *'])('accepts the schedule %s', (schedule) => {
    expect(
      problemsOf(() => defineIntegration({ name: 'a', version: '1.0.0', platforms: { github } }, { poll: every(schedule, { run }) })),
    ).toEqual([])
  })

  it.each(['P', 'PT', 'P1M', 'P1Y', 'PT0M', 'P1DT', '15', '* * * *', ''])('refuses the schedule %j', (schedule) => {
    expect(
      problemsOf(() => defineIntegration({ name: 'a', version: '1.0.0', platforms: { github } }, { poll: every(schedule, { run }) })),
    ).toHaveLength(1)
  })

  it.each([
    ['an interval', () => every('PT59S', { run })],
    ['an interval of nothing', () => every('PT0S', { run })],
    ['the interval of a sweep', () => sweep('PT30S', { back: 'P1D', run })],
  ])('refuses %s below a minute', (_, flow) => {
    const problems = problemsOf(() => defineIntegration({ name: 'a', version: '1.0.0', platforms: { github } }, { poll: flow() }))
    expect(problems).toEqual([
      expect.stringMatching(/^flows\.poll: expected an interval of at least a minute such as PT1M, found "PT\d+S"$/),
    ])
  })

  it('names clients as JavaScript can', () => {
    expect(['github', 'help-desk', 'a-2b-c'].map(clientName)).toEqual(['github', 'helpDesk', 'a2bC'])
  })
})
