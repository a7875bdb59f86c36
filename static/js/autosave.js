// What is typed into a form is sent to the server while it is typed, so that it
// outlives the browser. Each page gives its form a sheet of its own and counts
// what it sends: the server keeps the latest of each sheet, in whatever order
// messages arrive (agencies/models/typed.py). One message is under way at a time,
// apart from the last one of a page that is left.
const PAUSE = 2000 // ms after the last key
const LONGEST = 10000 // while typing goes on
const LEFT_FIELD = 300 // after a field was left
const RETRY = [5000, 10000, 20000, 40000, 60000]
const SUBMITTING = 15000 // a page that is still there then was not left
const KEEPALIVE = 60000 // characters that a browser sends after the page is gone
const NOT_SENT = ['csrfmiddlewaretoken', 'submission_key', 'typed_sheets']

const newKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
const hidden = (form, name) => form.querySelector(`input[type="hidden"][name="${name}"]`)
const words = (name) => document.body.dataset[`text${name}`]

// The fields as the form would send them, without files and passwords.
function fieldsOf (form) {
  const secret = [...form.querySelectorAll('input[type="password"]')].map((field) => field.name)
  return [...new FormData(form)].filter(([name, value]) =>
    typeof value === 'string' && !NOT_SENT.includes(name) && !secret.includes(name))
}

const stateOf = (form) => JSON.stringify(fieldsOf(form))

function post (form, sheet, fields, { token, carried = '', ...options } = {}) {
  const body = new URLSearchParams([
    ['csrfmiddlewaretoken', token || hidden(form, 'csrfmiddlewaretoken')?.value || ''],
    ['typed-sheet', sheet],
    ['typed-path', new URL(form.getAttribute('action') || '', window.location.href).pathname],
    ['typed-for', hidden(form, 'submission_key')?.value || ''],
    ['typed_sheets', carried],
    ...fields
  ])
  const keepalive = Boolean(options.keepalive) && String(body).length < KEEPALIVE
  return fetch(document.body.dataset.typed, { method: 'POST', body, redirect: 'manual', ...options, keepalive })
}

// Forgets a sheet on the server; waits for it, but not for long.
export async function letGo (form, sheet) {
  if (!sheet || !document.body.dataset.typed) return
  const signal = AbortSignal.timeout(3000)
  try { await post(form, sheet, [], { signal }) } catch { /* then it is offered once more */ }
}

// Another token, as for somebody who signed in again in another tab, from the page of the refusal.
async function tokenIn (response) {
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  return page.querySelector('input[name="csrfmiddlewaretoken"]')?.value
}

// Saves the form while it is typed into. `sent(sheet)` is called with each message.
// Returns typed(leftField), to be called when something was typed, and
// carryOn(sheet, isAllBack), when the form was filled in with what an earlier page sent.
export function autosave (form, { fresh, sent }) {
  if (!document.body.dataset.typed || !hidden(form, 'submission_key')) return { typed () {}, carryOn () {} }

  const key = newKey()
  const line = statusLine(form)
  const before = fresh ? stateOf(form) : null // what it is like when nothing is typed
  let carried = hidden(form, 'typed_sheets')?.value || ''
  let token = ''
  let order = 0
  let last = before // as the server has it
  let dirtySince = 0
  let timer = 0
  let failures = 0
  let notBefore = 0
  let underWay = null
  let leaving = false

  function typed (leftField = false) {
    const now = Date.now()
    dirtySince ||= now
    schedule(Math.min(now + (leftField ? LEFT_FIELD : PAUSE), dirtySince + LONGEST))
  }

  function schedule (at) {
    clearTimeout(timer)
    if (!leaving) timer = setTimeout(send, Math.max(at, notBefore) - Date.now())
  }

  async function send (options = {}) {
    clearTimeout(timer)
    if (underWay && !options.keepalive) return // what is typed meanwhile is sent when the answer is there
    const fields = fieldsOf(form)
    const state = JSON.stringify(fields)
    dirtySince = 0
    if (state === last) return
    const sheet = `${key}.${++order}`
    sent(sheet)
    const control = new AbortController()
    underWay = control
    const outcome = await answerTo(sheet, state === before ? [] : fields, { ...options, signal: control.signal })
    if (underWay === control) underWay = null
    if (control.signal.aborted) return
    if (outcome === 'Saved') {
      last = state
      carried = ''
      failures = notBefore = 0
      line(state === before ? '' : outcome)
      if (dirtySince) typed()
      return
    }
    line(outcome)
    dirtySince ||= Date.now()
    notBefore = Date.now() + RETRY[Math.min(failures++, RETRY.length - 1)]
    if (outcome !== 'TooMuch') schedule(notBefore)
  }

  async function answerTo (sheet, fields, options, again = false) {
    let response
    try {
      response = await post(form, sheet, fields, { ...options, token, carried })
    } catch {
      return 'Offline'
    }
    if (response.status === 204) return 'Saved'
    if (response.type === 'opaqueredirect') return 'SignedOut'
    if (response.status === 400 || response.status === 413) return 'TooMuch'
    if (response.status !== 403) return 'NoAnswer'
    // The form keeps its own token: saving it asks whose it is.
    const another = again ? null : await tokenIn(response)
    if (!another) return 'Outdated'
    token = another
    return answerTo(sheet, fields, options, true)
  }

  function flush () {
    if (!leaving && (dirtySince || underWay)) send({ keepalive: true })
  }

  function soon () {
    failures = notBefore = 0
    if (dirtySince && !underWay) schedule(Date.now())
  }

  form.addEventListener('submit', () => {
    leaving = true
    clearTimeout(timer)
    underWay?.abort()
    // Named also when nothing was sent yet: the answer then says that it is saved, and the tab forgets it.
    const sheet = `${key}.${order}`
    const others = hiddenSheets(form).value.split(' ').filter((other) => other && !other.startsWith(`${key}.`))
    hiddenSheets(form).value = [...others, sheet].join(' ')
    sent(sheet)
    setTimeout(stay, SUBMITTING)
  })
  function stay () {
    leaving = false
    if (stateOf(form) !== last) typed()
  }
  window.addEventListener('pageshow', (event) => { if (event.persisted) stay() })
  window.addEventListener('pagehide', flush)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' ? flush() : soon())
  window.addEventListener('online', soon)

  return {
    typed,
    carryOn (sheet, isAllBack) {
      if (sheet) carried = [carried, sheet].filter(Boolean).join(' ')
      if (carried) hiddenSheets(form).value = carried
      if (isAllBack) hideNotice(carried)
      typed()
    }
  }
}

function hiddenSheets (form) {
  let field = hidden(form, 'typed_sheets')
  if (!field) {
    field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'typed_sheets' })
    form.append(field)
  }
  return field
}

// What this tab has put back by itself needs no offer of the server's copy.
function hideNotice (carried) {
  const sheets = carried.split(' ').map((sheet) => sheet.split('.')[0])
  for (const offer of document.querySelectorAll('[data-typed-key]')) if (sheets.includes(offer.dataset.typedKey)) offer.remove()
  for (const notice of document.querySelectorAll('[data-typed-before]')) if (!notice.querySelector('[data-typed-key]')) notice.remove()
}

// Returns a function that says how saving goes. Only news is read out, not every minute that it was saved at.
function statusLine (form) {
  const line = document.createElement('p')
  line.className = 'app-saving govuk-hint'
  line.setAttribute('role', 'status')
  const actions = form.querySelector('.app-actions')
  if (actions) actions.before(line)
  else form.append(line)
  let shown = ''
  return (outcome) => {
    line.setAttribute('aria-live', outcome === shown ? 'off' : 'polite')
    shown = outcome
    const time = new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    line.textContent = outcome === 'Saved' ? `${words('Saved')} ${time}` : outcome ? words(outcome) : ''
    line.dataset.outcome = outcome
  }
}
