// <form data-keep="key">: what is typed is kept in this tab until it is saved, and
// sent to the server meanwhile (autosave.js).
//
// Only fields that were changed are kept, so putting them back never undoes what
// someone else has saved meanwhile in the others. A form with data-fresh, drawn
// anew by the server, gets them back. Of a form that the server drew filled in,
// all fields are kept once something is typed, with the version that it was
// filled in against: then a later version of somebody else is a conflict.
//
// [data-saved] on a later page, a message of success, names the sheets that are
// saved, <meta name="kept-done" content="key"> a form: both are forgotten
// ("*": all of them, on signing out).
import { autosave, letGo } from './autosave.js'

const PREFIX = 'kept:'
const TEXTS = ['text', 'search', 'email', 'tel', 'url', 'number', 'date', 'time', 'month', 'week', 'datetime-local']

// Storage may be full or forbidden; then nothing is kept, and nothing breaks.
function attempt (action) {
  try { return action() } catch { return null }
}

// { fields: {name: values}, sheet: "key.order" as last sent, key: the submission key, version: of a whole form }
const read = (key) => ({ fields: {}, ...attempt(() => JSON.parse(sessionStorage.getItem(PREFIX + key))) })
const forget = (key) => attempt(() => sessionStorage.removeItem(PREFIX + key))
function write (key, kept) {
  if (Object.keys(kept.fields).length) attempt(() => sessionStorage.setItem(PREFIX + key, JSON.stringify(kept)))
  else forget(key)
}
const keys = () => attempt(() => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))) || []

const keepable = (field) => Boolean(field.name) && (
  ['TEXTAREA', 'SELECT'].includes(field.tagName) ||
  (field.tagName === 'INPUT' && [...TEXTS, 'radio', 'checkbox'].includes(field.type)))

const named = (form, name) => [...form.elements].filter((field) => field.name === name && keepable(field))
const hidden = (form, name) => form.querySelector(`input[type="hidden"][name="${name}"]`)

// The values of a field, or of all radios and checkboxes of one name.
function valuesOf (form, name) {
  return named(form, name).flatMap((field) => {
    if (field.type === 'radio' || field.type === 'checkbox') return field.checked ? [field.value] : []
    if (field.tagName === 'SELECT') return [...field.selectedOptions].map((option) => option.value)
    return [field.value]
  })
}

function allOf (form) {
  const found = {}
  for (const field of form.elements) if (keepable(field)) found[field.name] ??= valuesOf(form, field.name)
  return found
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
    for (const key of done.content === '*' ? keys() : [done.content]) forget(key)
  }
  for (const message of document.querySelectorAll('[data-saved]')) {
    const saved = message.dataset.saved.split(' ')
    for (const key of keys()) if (saved.includes(read(key).sheet?.split('.')[0])) forget(key)
  }
  for (const form of document.querySelectorAll('form[data-keep]')) keep(form)
}

function keep (form) {
  const key = form.dataset.keep
  const fresh = 'fresh' in form.dataset
  const drawn = allOf(form)
  const whole = () => ({ fields: allOf(form), version: hidden(form, 'version')?.value })
  const saving = autosave(form, { fresh, sent: (sheet) => change((kept) => Object.assign(kept, { sheet }, fresh ? {} : whole())) })

  function change (how) {
    const kept = read(key)
    how(kept)
    kept.key = hidden(form, 'submission_key')?.value
    write(key, kept)
  }

  const found = read(key)
  if (fresh) {
    const differing = Object.keys(found.fields).filter((name) => drawn[name] && String(found.fields[name]) !== String(drawn[name]))
    for (const name of differing) putBack(form, name, found.fields[name])
    if (differing.length) {
      // The same sheet is carried on: saved twice it is the same submission.
      if (found.key && hidden(form, 'submission_key')) hidden(form, 'submission_key').value = found.key
      if (found.version && hidden(form, 'version')) hidden(form, 'version').value = found.version
      const isAllBack = Object.keys(found.fields).every((name) => drawn[name])
      saving.carryOn(found.sheet, isAllBack)
      say(form, key, found)
    }
  } else if (Object.keys(found.fields).length && !new URLSearchParams(window.location.search).has('put_back')) {
    // Sent and not saved: what the tab has kept was typed on the page before.
    saving.typed()
  }

  const note = (event) => {
    const field = event.target
    if (!keepable(field) || field.form !== form) return
    change((kept) => {
      if (!fresh) Object.assign(kept, whole())
      else if (String(valuesOf(form, field.name)) === String(drawn[field.name])) delete kept.fields[field.name]
      else kept.fields[field.name] = valuesOf(form, field.name)
    })
    saving.typed(event.type === 'change')
  }
  form.addEventListener('input', note)
  form.addEventListener('change', note)
}

function say (form, key, kept) {
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
    button.addEventListener('click', async () => {
      forget(key)
      await letGo(form, kept.sheet)
      // Asked for anew rather than reset: the page is then what the server has now.
      window.location.replace(window.location.pathname + window.location.search)
    })
    line.append(words, button)
  }, 100)
}
