import { ask } from './api.js'
import { show } from './dialog.js'
import { chip, element, table } from './element.js'
import { drawAlerts, showServiceLevels } from './service-levels.js'

// Readiness is judged afresh at each question; files change rarely, so once a minute is enough.
const keptMs = 60_000
let judged = { at: Number.NEGATIVE_INFINITY, key: '', reports: [] }

/** Nothing for a customer's key: integrations belong to the companies that keep them. */
export async function drawIntegrations(attempt) {
  const key = sessionStorage.getItem('bridgekeeper-key')
  if (judged.key !== key || performance.now() - judged.at > keptMs)
    judged = { at: performance.now(), key, reports: (await ask('/readiness')).reports }
  const part = document.getElementById('integrations-part')
  part.hidden = judged.reports.length === 0
  if (!part.hidden) await drawAlerts(attempt)
  const open = (one) =>
    element('button', { type: 'button', class: 'link', onclick: () => attempt(() => showIntegration(one.integration)) }, one.title)
  document.getElementById('integrations').replaceChildren(
    table(
      [
        { title: 'Integration', value: open },
        {
          title: 'Stage',
          value: (one) => (one.stage === one.declaredStage ? one.stage : `${one.stage}, its file says ${one.declaredStage}`),
        },
        { title: 'Ends', value: (one) => chip(one.oneSided ? 'one-sided' : 'two anchors'), class: 'nowrap' },
        { title: 'Checks of its stage', value: (one) => `${one.stay.met} of ${one.stay.asked}`, class: 'nowrap' },
        { title: 'Standing', value: standingOf, class: 'nowrap' },
        {
          title: 'Service levels',
          value: (one) =>
            element('button', { type: 'button', class: 'link', onclick: () => attempt(() => showServiceLevels(one.integration)) }, 'Look'),
        },
        { title: 'Sides', value: (one) => one.sides.map((side) => side.organization).join(', ') },
      ],
      judged.reports,
      'The workspace has no integration.',
    ),
  )
}

const standings = ['attested', 'grace', 'never-attested', 'at-risk', 'degraded', 'wind-down']

/** The worst of the sides: owners who no longer attest put the bridge at risk. */
function standingOf({ sides }) {
  const worst = sides.map(({ standing }) => standing.state).sort((a, b) => standings.indexOf(b) - standings.indexOf(a))[0]
  return worst === undefined ? '–' : chip(worst)
}

/** One page that tells all, the sides beside each other. */
async function showIntegration(name) {
  const page = await ask(`/integrations/${encodeURIComponent(name)}`)
  const count = page.missing.length
  show(
    page.title,
    element('p', { class: 'muted' }, `As of ${page.asOf}: ${count === 0 ? 'nothing is missing' : `${count} places are missing`}.`),
    ...page.sections.flatMap((section) => [element('h3', {}, section.heading), sectionTable(page, section)]),
    element('p', { class: 'muted small' }, 'On the command line: ', element('code', {}, `bridgekeeper integrations show ${name}`)),
  )
}

function sectionTable({ sides }, { rows }) {
  const place = ({ state, says }, properties = {}) =>
    element('td', { class: state, ...properties }, ...says.map((line) => element('div', {}, line)))
  const body = rows.map((row) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, row.what),
      ...(row.of === 'bridge' ? [place(row.cell, { colSpan: sides.length })] : row.cells.map((cell) => place(cell))),
    ),
  )
  const head = element('tr', {}, element('th', {}, ''), ...sides.map((side) => element('th', { scope: 'col' }, side.title)))
  const shared = rows.every((row) => row.of === 'bridge')
  return element('table', { class: 'sides' }, ...(shared ? [] : [element('thead', {}, head)]), element('tbody', {}, ...body))
}
