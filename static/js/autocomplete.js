// <select data-autocomplete>: a field one can type in, which sets the select.
// The select is what the form sends and what announces changes.

// Text that is no option is sent in quotation marks, so that the server refuses it
// instead of seeing an old choice or none. Without them, 12 could be taken for the
// row numbered 12.
const refused = (text) => `“${text}”`

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim().replace(/\s+/g, ' ')
const escape = (text) => { const box = document.createElement('i'); box.textContent = text; return box.innerHTML }
const labelOf = (option) => option ? option.textContent.trim().replace(/\s+/g, ' ') : ''

export function enhanceSelects (root) {
  const selects = [...root.querySelectorAll('select[data-autocomplete]:not([multiple])')]
  if (root.matches?.('select[data-autocomplete]:not([multiple])')) selects.push(root)
  for (const select of selects) {
    if (window.accessibleAutocomplete && !select.dataset.enhanced) enhance(select)
  }
}

function enhance (select) {
  select.dataset.enhanced = 'true'
  const described = select.getAttribute('aria-describedby')
  const invalid = select.getAttribute('aria-invalid')
  // A hidden field that is required would stop the form without saying why.
  select.removeAttribute('required')
  const text = document.body.dataset
  const chosen = () => [...select.selectedOptions].find((option) => option.value && !option.dataset.noMatch)
  const choices = () => [...select.options].filter((option) => option.value && !option.dataset.noMatch)
  let browsing = true // until something is typed, the whole list is offered
  let announced = select.value

  window.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: labelOf(chosen()),
    showAllValues: true,
    autoselect: false,
    confirmOnBlur: true,
    displayMenu: 'overlay',
    tNoResults: () => text.textNoResults,
    tAssistiveHint: () => text.textAutocompleteHint,
    source (query, found) {
      const words = browsing && plain(query) === plain(labelOf(chosen())) ? [] : plain(query).split(' ')
      found(choices().filter((option) => words.every((word) => plain(option.textContent).includes(word))))
    },
    templates: {
      inputValue: (option) => typeof option === 'string' ? option : labelOf(option),
      // The library writes this as HTML.
      suggestion (option) {
        if (typeof option === 'string') return escape(option)
        const group = option.parentElement.label
        return escape(labelOf(option)) + (group ? `<span class="app-option__group">${escape(group)}</span>` : '')
      }
    },
    onConfirm (option) {
      if (option && typeof option !== 'string') { choose(option); announce() }
    }
  })

  const wrapper = select.previousElementSibling
  const input = wrapper.querySelector('input[role="combobox"]')
  if (invalid) input.setAttribute('aria-invalid', invalid)
  if (select.disabled) input.disabled = true
  // A select without a <label> of its own, one of several of a name.
  if (select.hasAttribute('aria-label')) input.setAttribute('aria-label', select.getAttribute('aria-label'))
  if (described) describe(input, described)

  function choose (option) {
    for (const extra of select.querySelectorAll('[data-no-match]')) extra.remove()
    if (option) option.selected = true
    else select.value = '' // the empty option, or none at all
  }

  function sync () {
    const typed = input.value.trim()
    const current = chosen()
    if (current && plain(labelOf(current)) === plain(typed)) return
    choose(choices().find((option) => plain(labelOf(option)) === plain(typed)))
    if (typed && !chosen()) {
      const extra = new Option(typed, refused(typed), false, true)
      extra.dataset.noMatch = 'true'
      select.add(extra)
    }
  }

  function announce () {
    if (select.value === announced) return
    announced = select.value
    select.dispatchEvent(new Event('change', { bubbles: true }))
  }

  input.addEventListener('focus', () => { browsing = true })
  // The select announces; the field's own event, on leaving it, would say the same once more.
  input.addEventListener('change', (event) => event.stopPropagation())
  wrapper.addEventListener('input', () => { browsing = false; sync() }, true)
  input.addEventListener('blur', () => setTimeout(() => { sync(); announce() }, 0))
  select.form?.addEventListener('submit', sync, true)
}

// The library sets and removes aria-describedby for its own hint; ours stays in front.
function describe (input, described) {
  const add = () => {
    const now = input.getAttribute('aria-describedby') || ''
    if (!now.startsWith(described)) input.setAttribute('aria-describedby', `${described} ${now}`.trim())
  }
  add()
  new MutationObserver(add).observe(input, { attributeFilter: ['aria-describedby'] })
}
