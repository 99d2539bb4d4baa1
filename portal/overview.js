import { ask } from './api.js'
import { confirm, outageLine, showDryRun, showRun } from './dialog.js'
import { chip, element, table, time } from './element.js'
import { drawIntegrations } from './integrations.js'

const place = (id) => document.getElementById(id)

/** @param {(work: () => Promise<unknown>) => Promise<void>} attempt runs what may be refused, says so, and looks again */
export async function drawOverview(attempt) {
  const [parked, runs, deliveries, instances] = await Promise.all([
    ask('/parked'),
    ask('/runs?limit=25'),
    ask('/deliveries?limit=15'),
    ask('/instances?limit=100'),
  ])
  drawTiles(parked.groups, runs, deliveries, instances)
  drawParked(parked.groups, attempt)
  drawRuns(runs.runs, attempt)
  drawDeliveries(deliveries.deliveries)
  drawInstances(instances.instances)
  await drawIntegrations(attempt)
}

function drawTiles(groups, { runs }, { deliveries }, { instances, next }) {
  const waiting = groups.reduce((sum, group) => sum + group.runs, 0)
  const newest = deliveries[0] ? time(deliveries[0].receivedAt) : 'never'
  const tile = (words, number, kind = '') =>
    element('div', { class: `card tile ${kind}` }, element('b', {}, number), element('span', { class: 'muted' }, words))
  place('tiles').replaceChildren(
    tile(waiting === 1 ? 'run waits for a person' : 'runs wait for a person', waiting, waiting > 0 ? 'bad' : ''),
    tile(
      'lanes stand still behind them',
      groups.filter((group) => group.state === 'blocked').reduce((sum, group) => sum + group.runs, 0),
    ),
    tile('active instances', `${instances.filter((instance) => instance.state === 'active').length}${next ? '+' : ''}`),
    tile(
      runs.length === 25 ? 'of the last 25 runs succeeded' : 'runs succeeded',
      runs.length === 0 ? '–' : runs.filter((run) => run.status === 'succeeded').length,
    ),
    element('div', { class: 'card tile' }, element('span', { class: 'muted' }, 'Last delivery'), element('div', {}, newest)),
  )
}

function drawParked(groups, attempt) {
  const empty = element('p', { class: 'card empty' }, 'Nothing waits for a person.')
  place('parked').replaceChildren(...(groups.length === 0 ? [empty] : groups.map((group) => groupCard(group, attempt))))
}

function groupCard(group, attempt) {
  const { fingerprint, state, failure, customers } = group
  const count = `${group.runs} ${group.runs === 1 ? 'run' : 'runs'}`
  const held = group.holds > 0 ? `, and ${group.holds} that ${group.holds === 1 ? 'waits' : 'wait'} behind` : ''
  const others = customers.length > 3 ? ` and ${customers.length - 3} more` : ''
  // The same cause may have parked some and blocked others; each card decides about its own.
  const chosen = { fingerprint, status: state, integration: group.integration, flow: group.flow }
  const button = (words, kind, work) => element('button', { type: 'button', class: kind, onclick: () => attempt(work) }, words)
  const discard = async () => {
    const words = `${count} of ${group.integration}/${group.flow} will be given up for good, with your name. What waits behind them goes on.`
    if (await confirm('Give up for good?', words, `Discard ${count}`)) await ask('/parked/discard', chosen)
  }
  return element(
    'article',
    { class: `card group ${state}` },
    element(
      'div',
      { class: 'line' },
      chip(state),
      element('b', {}, `${group.integration} / ${group.flow}`),
      element('span', { class: 'muted' }, `${count}${held} · ${customers.slice(0, 3).join(', ')}${others}`),
    ),
    element('p', { class: 'message' }, failure.message),
    element('p', {}, element('b', {}, 'Fix '), failure.fix),
    element(
      'p',
      { class: 'muted small' },
      `${failure.kind}${failure.step ? `, in step “${failure.step}”` : ''}, since `,
      time(group.firstParkedAt),
    ),
    element(
      'div',
      { class: 'actions' },
      button(`Resume ${count}`, 'primary', () => ask('/parked/resume', chosen)),
      button('Dry run of one', '', () => showDryRun(group.exampleRunId)),
      button('Look at one', '', () => showRun(group.exampleRunId)),
      button('Discard …', 'danger', discard),
    ),
  )
}

function drawRuns(runs, attempt) {
  const open = (run) =>
    element('button', { type: 'button', class: 'link', onclick: () => attempt(() => showRun(run.id)) }, `${run.integration} / ${run.flow}`)
  place('runs').replaceChildren(
    table(
      [
        { title: 'Flow', value: open, class: 'nowrap' },
        { title: 'Status', value: (run) => chip(run.status), class: 'nowrap' },
        { title: 'Customer', value: (run) => run.customer },
        { title: 'Received', value: (run) => time(run.receivedAt), class: 'nowrap' },
        { title: 'Tries', value: (run) => run.attempt, class: 'number' },
        { title: 'Why, and what to do', value: reason, class: 'cut' },
      ],
      runs,
      'No runs yet. A run begins when a delivery arrives that a flow listens to, or when a schedule is due.',
    ),
  )
}

function reason({ failure, status, outage }) {
  if (!failure || status === 'succeeded') return ''
  if (outage) return element('div', {}, outageLine(failure, outage), element('div', { class: 'muted small' }, failure.fix))
  return element('div', {}, element('div', {}, failure.message), element('div', { class: 'muted small' }, failure.fix))
}

function drawDeliveries(deliveries) {
  place('deliveries').replaceChildren(
    table(
      [
        { title: 'Event', value: (one) => `${one.source} ${one.event ?? '(none)'}` },
        { title: 'State', value: (one) => chip(one.state), class: 'nowrap' },
        {
          title: 'Proof',
          value: (one) => (one.assurance === 'none' ? element('span', { class: 'chip bad' }, 'unverified') : one.assurance),
          class: 'nowrap',
        },
        { title: 'Runs', value: (one) => one.runs, class: 'number' },
        { title: 'Received', value: (one) => time(one.receivedAt), class: 'nowrap' },
        { title: 'Why', value: (one) => one.problem ?? '', class: 'cut' },
      ],
      deliveries,
      'Nothing has arrived yet. Webhooks come in at /webhooks/<platform>; each instance has an address of its own, which its page on the command line shows: bridgekeeper instances show.',
    ),
  )
}

function drawInstances(instances) {
  place('instances').replaceChildren(
    table(
      [
        { title: 'Customer', value: (one) => `${one.customer} / ${one.name}` },
        { title: 'State', value: (one) => chip(one.state), class: 'nowrap' },
        { title: 'Integration', value: (one) => one.integration },
        { title: 'Version', value: (one) => one.version, class: 'nowrap' },
        { title: 'Own mappings', value: (one) => Object.keys(one.mappings).join(', ') || '–' },
        { title: 'Changed', value: (one) => time(one.changedAt), class: 'nowrap' },
      ],
      instances,
      'Nothing is installed yet. Install an integration for a customer: bridgekeeper instances create.',
    ),
  )
}
