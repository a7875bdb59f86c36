// Everything the pages do in the browser. Each page works without it.
import { initAll } from '../vendor/govuk-frontend.min.js'
import { keepText } from './keep-text.js'
import { enhanceSelects } from './autocomplete.js'
import { showWhen } from './conditional-fields.js'
import { sendOnce } from './send-once.js'
import { foldFilters } from './filter-panel.js'
import { usePasskeys } from './passkeys.js'
import { useKeys } from './keys.js'
import { insertIntoText } from './insert.js'

// Kept text first: what it puts back is what the others then show.
keepText()
enhanceSelects(document)
showWhen()
sendOnce()
foldFilters()
usePasskeys()
useKeys()
insertIntoText()
initAll()

// Parts that htmx brings in later.
document.addEventListener('htmx:load', (event) => {
  const part = event.detail.elt
  if (part === document.body) return
  enhanceSelects(part)
  showWhen()
  initAll({ scope: part })
})
