// [data-insert-into="id of a text field"] shows its [data-insert] buttons, which put their words where the cursor is.
export function insertIntoText () {
  for (const list of document.querySelectorAll('[data-insert-into]')) {
    const field = document.getElementById(list.dataset.insertInto)
    if (!field) continue
    for (const button of list.querySelectorAll('[data-insert]')) {
      button.hidden = false
      button.addEventListener('click', () => {
        field.focus()
        field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, 'end')
        field.dispatchEvent(new Event('input', { bubbles: true }))
      })
    }
  }
}
