// <form data-once>: a second press within a few seconds sends nothing.
const SECONDS = 5

export function sendOnce () {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!form.matches('form[data-once]') || event.defaultPrevented) return
    if (Date.now() - Number(form.dataset.sentAt || 0) < SECONDS * 1000) event.preventDefault()
    else form.dataset.sentAt = Date.now()
  })
  window.addEventListener('pageshow', () => {
    for (const form of document.querySelectorAll('form[data-once]')) delete form.dataset.sentAt
  })
}
