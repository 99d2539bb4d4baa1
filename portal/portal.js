import { ask, askHealth, forgetKey, keepKey, Refused, takeKey } from './api.js'
import { drawOverview } from './overview.js'

const refreshMs = 5000
const place = (id) => document.getElementById(id)
let drawnAt

/** Nothing is good before it was asked. */
async function drawHealth() {
  const status = await askHealth()
  place('health').className = `health ${status === 'ready' ? 'good' : 'bad'}`
  place('health-words').textContent = status === 'no answer' ? 'the server does not answer' : status
}

function tell(error) {
  const words = error instanceof Refused ? `${error.message} ${error.fix}` : 'The server does not answer.'
  const stale = drawnAt ? ` Shown is the state of ${drawnAt.toLocaleTimeString()}.` : ''
  place('problem').textContent = words + (error instanceof Refused ? '' : stale)
  place('problem').hidden = false
}

function showSignIn(problem) {
  place('overview').hidden = true
  place('sign-out').hidden = true
  place('sign-in').hidden = false
  place('sign-in-problem').hidden = problem === undefined
  place('sign-in-problem').textContent = problem ?? ''
  place('key').focus()
}

async function draw() {
  try {
    await drawOverview(attempt)
    drawnAt = new Date()
    place('problem').hidden = true
    place('sign-in').hidden = true
    place('overview').hidden = false
    place('sign-out').hidden = false
    place('updated').textContent = `As of ${drawnAt.toLocaleTimeString()}; looks again every ${refreshMs / 1000} s.`
  } catch (error) {
    if (error instanceof Refused && error.status === 401) {
      forgetKey()
      showSignIn(`${error.message} ${error.fix}`)
    } else {
      place('overview').hidden = false
      tell(error)
    }
  }
}

/** Does what a person asked for, says when it was refused, and shows what became of it. */
async function attempt(work) {
  try {
    await work()
    await draw()
  } catch (error) {
    tell(error)
  }
}

/** Not while nobody looks, and not under the hand of somebody who reads or chooses. */
function mayRefresh() {
  return !document.hidden && !place('overview').hidden && !place('dialog').open && !place('overview').contains(document.activeElement)
}

place('sign-in').querySelector('form').onsubmit = async (event) => {
  event.preventDefault()
  keepKey(place('key').value.trim())
  place('key').value = ''
  await ask('/instances?limit=1').then(draw, (error) => {
    forgetKey()
    showSignIn(error instanceof Refused ? `${error.message} ${error.fix}` : 'The server does not answer.')
  })
}
place('sign-out').onclick = () => {
  forgetKey()
  showSignIn()
}

// A link pasted into this very tab loads nothing anew.
window.onhashchange = () => {
  if (takeKey()) draw()
}
drawHealth()
setInterval(() => {
  if (document.hidden) return
  drawHealth()
  if (mayRefresh()) draw()
}, refreshMs)
if (takeKey()) draw()
else showSignIn()
