// <form data-keep="key">: what is typed is kept in this tab until it is saved.
//
// Only fields that were changed are kept, so putting them back never undoes what
// someone else has saved meanwhile in the others. A form with data-fresh, drawn
// anew by the server, gets them back. <meta name="kept-done" content="key"> on a
// later page forgets them ("*": all of them, on signing out).
const PREFIX = 'kept:'
const TEXTS = ['text', 'search', 'email', 'tel', 'url', 'number', 'date', 'time', 'month', 'week', 'datetime-local']

// Storage may be full or forbidden; then nothing is kept, and nothing breaks.
function attempt (action) {
  try { return action() } catch { return null }
}

const read = (key) => attempt(() => JSON.parse(sessionStorage.getItem(PREFIX + key))) || {}
const forget = (key) => attempt(() => sessionStorage.removeItem(PREFIX + key))
function write (key, kept) {
  if (Object.keys(kept).length) attempt(() => sessionStorage.setItem(PREFIX + key, JSON.stringify(kept)))
  else forget(key)
}

const keepable = (field) => Boolean(field.name) && (
  ['TEXTAREA', 'SELECT'].includes(field.tagName) ||
  (field.tagName === 'INPUT' && [...TEXTS, 'radio', 'checkbox'].includes(field.type)))

const named = (form, name) => [...form.elements].filter((field) => field.name === name && keepable(field))

// The values of a field, or of all radios and checkboxes of one name.
function valuesOf (form, name) {
  return named(form, name).flatMap((field) => {
    if (field.type === 'radio' || field.type === 'checkbox') return field.checked ? [field.value] : []
    if (field.tagName === 'SELECT') return [...field.selectedOptions].map((option) => option.value)
    return [field.value]
  })
}

function putBack (form, name, values) {
  const fields = named(form, name)
  fields.forEach((field, index) => {
    if (field.type === 'radio' || field.type === 'checkbox') field.checked = values.includes(field.value)
    else if (field.tagName === 'SELECT') {
      const known = [...field.options].filter((option) => values.includes(option.value))
      if (known.length) for (const option of field.options) option.selected = known.includes(option)
    } else field.value = values[index] ?? field.value
  })
}

export function keepText () {
  for (const done of document.querySelectorAll('meta[name="kept-done"]')) {
    if (done.content !== '*') forget(done.content)
    else attempt(() => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => sessionStorage.removeItem(name)))
  }
  for (const form of document.querySelectorAll('form[data-keep]')) keep(form)
}

function keep (form) {
  const key = form.dataset.keep
  const drawn = {}
  for (const field of form.elements) if (keepable(field)) drawn[field.name] ??= valuesOf(form, field.name)

  if ('fresh' in form.dataset) {
    const kept = read(key)
    const differing = Object.keys(kept).filter((name) => drawn[name] && String(kept[name]) !== String(drawn[name]))
    for (const name of differing) putBack(form, name, kept[name])
    if (differing.length) say(form, key)
  }

  const note = (event) => {
    const field = event.target
    if (!keepable(field) || field.form !== form) return
    const kept = read(key)
    const values = valuesOf(form, field.name)
    if ('fresh' in form.dataset && String(values) === String(drawn[field.name])) delete kept[field.name]
    else kept[field.name] = values
    write(key, kept)
  }
  form.addEventListener('input', note)
  form.addEventListener('change', note)
}

function say (form, key) {
  const { textKept, textDiscard } = document.body.dataset
  const line = document.createElement('div')
  line.className = 'app-kept'
  line.setAttribute('role', 'status')
  form.before(line)
  // Written a moment later, so that it is read out.
  setTimeout(() => {
    const words = document.createElement('p')
    words.textContent = textKept
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'app-link-button'
    button.textContent = textDiscard
    button.addEventListener('click', () => {
      forget(key)
      // Asked for anew rather than reset: the page is then what the server has now.
      window.location.replace(window.location.pathname + window.location.search)
    })
    line.append(words, button)
  }, 100)
}
