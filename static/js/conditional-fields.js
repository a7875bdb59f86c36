// data-show-when="field" data-show-values="a b": shown while the radio, checkbox
// or select of that name has one of these values. What is hidden keeps its value:
// the server decides what counts.

export function showWhen () {
  for (const part of document.querySelectorAll('[data-show-when]')) update(part)
}

function update (part) {
  const within = part.closest('form') || document
  const values = part.dataset.showValues.split(/\s+/)
  const fields = [...within.querySelectorAll(`[name="${CSS.escape(part.dataset.showWhen)}"]`)]
  if (!fields.length) return
  part.hidden = !fields.some((field) =>
    values.includes(field.value) && (!['radio', 'checkbox'].includes(field.type) || field.checked))
}

document.addEventListener('change', showWhen)
// Values the browser puts back when one returns to the page.
window.addEventListener('pageshow', showWhen)
