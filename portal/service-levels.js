import { ask } from './api.js'
import { show } from './dialog.js'
import { chip, element, table, time } from './element.js'

const percent = (ppm) => `${(Math.floor(ppm / 100) / 100).toFixed(2)}\u00a0%`
const minute = 60_000

function duration(ms) {
  if (ms >= 1440 * minute) return `${Math.round(ms / 144 / minute) / 10} d`
  if (ms >= 60 * minute) return `${Math.round(ms / 6 / minute) / 10} h`
  return ms >= minute ? `${Math.round(ms / minute)} min` : `${Math.round(ms / 1000)} s`
}

/** Alerts that are open, of all integrations that this key may see. Nothing while none is. */
export async function drawAlerts(attempt) {
  const { alerts } = await ask('/alerts?days=0')
  const open = alerts.filter((alert) => alert.state !== 'ended')
  document.getElementById('alerts-part').hidden = open.length === 0
  document.getElementById('alerts').replaceChildren(...open.map((alert) => alertCard(alert, attempt)))
}

function alertCard(alert, attempt) {
  const { integration, severity, state, startedAt, evidence } = alert
  const look = () => attempt(() => showServiceLevels(integration))
  return element(
    'article',
    { class: `card group ${severity === 'page' ? 'blocked' : 'parked'}` },
    element(
      'div',
      { class: 'line' },
      chip(state),
      severity === 'page' && chip('page'),
      element('b', {}, integration),
      element('span', { class: 'muted' }, evidence.of),
    ),
    element('p', { class: 'message' }, `${evidence.why}, since `, time(startedAt)),
    element('p', {}, element('b', {}, 'Who '), whoOf(alert)),
    element(
      'p',
      { class: 'muted small' },
      [
        evidence.causes?.length > 0 && `by ${evidence.causes.map(({ cause, events }) => `${cause} (${events})`).join(', ')}`,
        evidence.budgetLeftPpm !== undefined && `budget left ${percent(evidence.budgetLeftPpm)}`,
      ]
        .filter(Boolean)
        .join(' · '),
    ),
    element('div', { class: 'actions' }, element('button', { type: 'button', onclick: look }, 'Service levels')),
  )
}

const whoOf = ({ parties }) =>
  parties
    .filter(({ called, acknowledgedBy }) => called || acknowledgedBy)
    .map(({ organization, level, acknowledgedBy }) =>
      acknowledgedBy ? `${acknowledgedBy} looks at it` : `${organization} was called (level ${level + 1}), nobody has acknowledged`,
    )
    .join('; ') || 'nobody was called'

/** Everything that was promised about one integration, what was measured, what burns, what is planned, and whether both sides' records agree. */
export async function showServiceLevels(name) {
  const at = `/integrations/${encodeURIComponent(name)}`
  const [report, { alerts, selfTest }, { reconciliations }] = await Promise.all([
    ask(`${at}/service-levels`),
    ask(`${at}/alerts?days=28`),
    ask(`${at}/reconciliations?limit=10`),
  ])
  show(
    `Service levels of ${name}`,
    element('p', { class: 'muted' }, ...countedWords(report)),
    element('div', { class: 'table' }, objectives(report)),
    ...report.objectives.flatMap(causes),
    part('What burned', alerts.length > 0 && alertTable(alerts), 'Nothing in 28 days, as far as enough was known.'),
    element('p', { class: 'muted small' }, selfTestWords(selfTest)),
    part(
      'Newest of each side',
      report.newest.length > 0 && element('ul', {}, ...report.newest.map((one) => element('li', {}, newestWords(one)))),
      '',
    ),
    part('Planned maintenance', report.maintenance.length > 0 && maintenance(report.maintenance), 'None is planned, and none was.'),
    part(
      'Both sides’ records',
      reconciliations.length > 0 && records(reconciliations),
      'No side has handed in its records: what was accepted and is wrong is not seen.',
    ),
    element('p', { class: 'muted small' }, 'On the command line: ', element('code', {}, `bridgekeeper slo ${name}`)),
  )
}

const countedWords = ({ countedAt, measuredSince }) =>
  countedAt === null
    ? ['Nobody has counted yet.']
    : ['Counted ', time(countedAt), measuredSince === null ? ', and nothing has happened yet.' : `, measured since ${measuredSince}.`]

function part(heading, content, empty) {
  return element(
    'section',
    {},
    element('h3', {}, heading),
    content ? element('div', { class: 'table' }, content) : element('p', { class: 'empty' }, empty),
  )
}

function objectives({ objectives: promised }) {
  const rows = promised.flatMap((one) => one.windows.map((measured) => ({ ...one, measured })))
  return table(
    [
      { title: 'Objective', value: ({ objective }) => objective.name },
      { title: 'Of', value: ({ objective }) => objective.side ?? 'whole bridge' },
      {
        title: 'Window',
        value: ({ measured: { window } }) => (window.kind === 'rolling' ? `since ${window.from}` : window.from.slice(0, 7)),
        class: 'nowrap',
      },
      { title: 'Target', value: ({ objective }) => targetWords(objective), class: 'nowrap' },
      {
        title: 'Measured',
        value: ({ measured }) => (measured.attainedPpm === undefined ? '–' : percent(measured.attainedPpm)),
        class: 'number',
      },
      { title: 'Budget left', value: ({ measured: { budget } }) => (budget ? percent(budget.leftPpm) : '–'), class: 'number' },
      { title: 'State', value: stateOf, class: 'nowrap' },
    ],
    rows,
    'Nothing is promised, and its stage expects nothing.',
  )
}

const targetWords = ({ targetPpm, thresholdMs }) =>
  thresholdMs === undefined ? percent(targetPpm) : `${percent(targetPpm)} in ${duration(thresholdMs)}`

/** Too little data is a state of its own: never green. What burns now says so in its rolling window. */
function stateOf({ measured, burn }) {
  const { state, events, neededEvents } = measured
  if (measured.window.kind === 'rolling' && burn.some((one) => one.state === 'firing'))
    return element('div', {}, chip('burning'), ' ', chip(state))
  return state === 'insufficient-data'
    ? element('div', {}, chip(state), element('div', { class: 'muted small' }, `${events} of ${neededEvents} events`))
    : chip(state)
}

/** Who spent the budget, and on what grounds. */
function causes({ objective, windows: [rolling] }) {
  const lines = [...rolling.causes, ...rolling.excludedCauses.map((one) => ({ ...one, excluded: true }))]
  if (lines.length === 0) return []
  const line = ({ cause, events, evidence, excluded }) =>
    element(
      'li',
      {},
      element('b', {}, cause),
      ` ${events}${excluded ? ', excluded' : ''}: `,
      evidence.map(({ reason, platform, events: count }) => `${count} ${platform} ${reason}`.replace('  ', ' ')).join('; '),
    )
  return [
    element('p', {}, `Who spoiled ${objective.name} of ${objective.side ?? 'the whole bridge'}:`),
    element('ul', {}, ...lines.map(line)),
  ]
}

const alertTable = (alerts) =>
  table(
    [
      { title: 'Started', value: (one) => time(one.startedAt), class: 'nowrap' },
      { title: 'State', value: (one) => chip(one.state) },
      { title: 'What', value: ({ evidence }) => `${evidence.of}: ${evidence.why}` },
      { title: 'Who', value: whoOf },
    ],
    alerts,
    '',
  )

const selfTestWords = (test) =>
  test === null
    ? 'The alerts have not been tested yet.'
    : `Weekly self-test ${test.testedAt.slice(0, 10)}: ${test.outcome === 'raised' ? 'the played breach raised an alert.' : test.detail}`

function newestWords({ side, event, call }) {
  const age = (one, what) => (one === null ? `no ${what} in two weeks` : `${what} ${duration(one.ageMs)} ago`)
  return `${side}: ${age(event, 'event')}, ${age(call, 'answered call')}`
}

const maintenance = (windows) =>
  table(
    [
      { title: 'From', value: (one) => time(one.startsAt), class: 'nowrap' },
      { title: 'Until', value: (one) => time(one.endsAt), class: 'nowrap' },
      { title: 'Platform', value: (one) => one.platform },
      { title: 'Verdict', value: (one) => chip(one.verdict) },
      { title: 'Why', value: (one) => one.says },
    ],
    windows,
    '',
  )

const records = (rows) =>
  table(
    [
      { title: 'Days', value: (one) => (one.from === one.until ? one.from : `${one.from} to ${one.until}`), class: 'nowrap' },
      { title: 'What', value: (one) => `${one.kind} ${one.kind === 'calls' ? 'to' : 'from'} ${one.platform}` },
      { title: 'Agree', value: (one) => one.agreed, class: 'number' },
      { title: 'Differ', value: (one) => (one.differing > 0 ? element('span', { class: 'chip bad' }, one.differing) : 0), class: 'number' },
      { title: 'Uncertain', value: (one) => one.uncertain, class: 'number' },
    ],
    rows,
    '',
  )
