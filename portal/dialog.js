import { ask } from './api.js'
import { chip, element, time } from './element.js'

const dialog = document.getElementById('dialog')
document.getElementById('dialog-close').onclick = () => dialog.close()

/** Shows `parts` in the one dialog of the page. */
export function show(title, ...parts) {
  document.getElementById('dialog-title').textContent = title
  document.getElementById('dialog-body').replaceChildren(...parts)
  if (!dialog.open) dialog.showModal()
}

export function close() {
  dialog.close()
}

const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
const json = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function callCard(title, body, note) {
  return element(
    'div',
    { class: 'call' },
    element('div', {}, element('code', {}, title), ' ', element('span', { class: 'muted small' }, note)),
    body == null ? null : element('pre', {}, pretty(body)),
  )
}

/** Of a partner that is away first what everybody asks: since when, and when it is tried again. */
export function outageLine({ platform }, { since, nextTryAt, reason }) {
  return element('div', {}, `${platform ?? 'The partner'} has been down since `, time(since), '; next try ', time(nextTryAt), `: ${reason}`)
}

export async function showRun(id) {
  const { run, steps, calls } = await ask(`/runs/${id}`)
  const facts = element(
    'p',
    {},
    chip(run.status),
    ` ${run.customer}/${run.instance}${run.instanceRemoved ? ' (removed)' : ''}, version ${run.version}, attempt ${run.attempt}, received `,
    time(run.receivedAt),
  )
  const failure = run.failure &&
    run.status !== 'succeeded' && [
      element('p', { class: 'notice bad' }, run.outage ? outageLine(run.failure, run.outage) : run.failure.message),
      element('p', {}, element('b', {}, 'Fix '), run.failure.fix),
    ]
  const stepList = steps.map((step) =>
    element(
      'li',
      {},
      element('code', {}, step.name),
      ' ',
      element('span', { class: 'muted small' }, step.kind === 'sleep' ? 'slept' : `${step.durationMs ?? '?'} ms`),
    ),
  )
  const callList = [...calls]
    .reverse()
    .map((call) =>
      callCard(
        `${call.method} ${call.path}`,
        call.requestBody === null ? null : json(call.requestBody),
        `${call.status ?? 'no answer'}, ${Math.round(call.durationMs)} ms, ${call.outcome}`,
      ),
    )
  show(
    `${run.integration} / ${run.flow}`,
    facts,
    ...(failure || []),
    element('h3', {}, 'Steps it remembers'),
    stepList.length > 0 ? element('ol', {}, ...stepList) : element('p', { class: 'muted' }, 'None.'),
    element('h3', {}, 'Calls it made'),
    ...(callList.length > 0 ? callList : [element('p', { class: 'muted' }, 'None, or they are older than the retention of calls.')]),
    element('p', { class: 'muted small' }, 'On the command line: ', element('code', {}, `bridgekeeper runs show ${run.id}`)),
  )
}

/** What going on would call. Nothing is sent. */
export async function showDryRun(id) {
  const dry = await ask(`/runs/${id}/dry-run`, { version: 'same' })
  const calls = dry.calls.map((call) =>
    callCard(`${call.platform} ${call.method} ${call.path}`, call.body, call.answer === 'assumed' ? 'the answer is assumed' : ''),
  )
  show(
    'Dry run: nothing was sent',
    element('p', {}, `With version ${dry.version} this run `, element('b', {}, dry.end), '.'),
    dry.failure && element('p', { class: 'notice bad' }, dry.failure.message),
    dry.uncertain && element('p', { class: 'muted' }, 'An answer had to be assumed; what comes after it may differ.'),
    element('h3', {}, calls.length === 0 ? 'It would write nothing' : 'It would write'),
    ...calls,
  )
}

/** @returns {Promise<boolean>} whether the person agreed */
export function confirm(title, words, action) {
  return new Promise((resolve) => {
    const agreed = () => {
      resolve(true)
      close()
    }
    const agree = element('button', { type: 'button', class: 'danger', onclick: () => agreed() }, action)
    const leave = element('button', { type: 'button', onclick: () => close() }, 'Leave it')
    show(title, element('p', {}, words), element('div', { class: 'actions' }, leave, agree))
    dialog.addEventListener('close', () => resolve(false), { once: true })
  })
}
