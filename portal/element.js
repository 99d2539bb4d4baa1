/**
 * Makes an element. Text from partners only ever becomes text, never markup.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} properties set on the element; `class` and `onclick` as usual
 * @param {(Node | string | number | null | undefined | false)[]} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name === 'class') made.className = value
    else made[name] = value
  }
  made.append(
    ...children
      .filter((child) => child !== null && child !== undefined && child !== false)
      .map((child) => (child instanceof Node ? child : String(child))),
  )
  return made
}

/**
 * @param {{ title: string, value: (row: any) => Node | string | number, class?: string }[]} columns
 * @param {readonly any[]} rows
 * @param {string} empty what to do to fill it
 */
export function table(columns, rows, empty) {
  if (rows.length === 0) return element('p', { class: 'empty' }, empty)
  const head = element('tr', {}, ...columns.map((column) => element('th', { class: column.class ?? '', scope: 'col' }, column.title)))
  const body = rows.map((row) =>
    element('tr', {}, ...columns.map((column) => element('td', { class: column.class ?? '' }, column.value(row)))),
  )
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...body))
}

const chipOf = {
  succeeded: 'good',
  routed: 'good',
  active: 'good',
  parked: 'wait',
  retrying: 'wait',
  throttled: 'wait',
  'partner-down': 'wait',
  'account-unknown': 'wait',
  held: 'wait',
  paused: 'wait',
  blocked: 'bad',
  'one-sided': 'bad',
  'two anchors': 'good',
  unparsable: 'bad',
  met: 'good',
  missed: 'bad',
  burning: 'bad',
  firing: 'bad',
  page: 'bad',
  'insufficient-data': 'wait',
  'in-time': 'good',
  late: 'bad',
  'over-limit': 'wait',
  attested: 'good',
  grace: 'wait',
  'at-risk': 'bad',
  degraded: 'bad',
}

/** A state as a word with a colour; a word that is not known stays grey. */
export function chip(state) {
  return element('span', { class: `chip ${chipOf[state] ?? ''}` }, state)
}

/** `2026-11-23 18:04:05`, in the reader's own time zone. */
export function time(text) {
  const at = new Date(text)
  const two = (number) => String(number).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return element('time', { dateTime: text, title: text }, `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`)
}
