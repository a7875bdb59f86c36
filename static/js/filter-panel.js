// The filter panel is open on wide screens and folded on narrow ones, unless it
// has an error to show.
export function foldFilters () {
  const wide = window.matchMedia('(min-width: 40.0625rem)')
  const fold = () => {
    for (const panel of document.querySelectorAll('.app-filter')) {
      panel.open = wide.matches || 'hasErrors' in panel.dataset
    }
  }
  fold()
  wide.addEventListener('change', fold)
}
