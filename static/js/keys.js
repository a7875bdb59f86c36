// Single keys on pages that offer them: elements with data-key, while [data-keys] is on the page and keys are on.
// A button or link is pressed; a link to a place on the page moves there, into the field. Off while somebody types.
const STORED = 'keys-off'
const TYPING = 'input:not([type=radio]):not([type=checkbox]):not([type=submit]), textarea, select, [contenteditable]'

function isOff () {
  try { return window.localStorage.getItem(STORED) === '1' } catch { return false }
}

function setOff (off) {
  try { window.localStorage.setItem(STORED, off ? '1' : '') } catch { /* then for this page only */ }
}

export function useKeys () {
  const panel = document.querySelector('[data-keys]')
  if (!panel) return
  const button = panel.querySelector('[data-keys-switch]')
  let off = isOff()
  const show = () => { button.textContent = off ? button.dataset.on : button.dataset.off }
  show()
  button.addEventListener('click', () => {
    off = !off
    setOff(off)
    show()
  })
  document.addEventListener('keydown', (event) => {
    const typing = event.target.matches?.(TYPING)
    if (event.key === 'Escape' && typing) {
      event.target.blur()
      return
    }
    if (off || typing || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
    if (!wanted) return
    event.preventDefault()
    const place = wanted.hash && wanted.pathname === window.location.pathname && document.getElementById(wanted.hash.slice(1))
    if (!place) {
      wanted.click()
      return
    }
    place.focus()
    place.scrollIntoView({ block: 'center' })
  })
}
