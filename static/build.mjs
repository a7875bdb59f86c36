// Copies the third-party scripts the pages load into build/static/vendor.
// Source-map comments are dropped: the maps are not shipped, and collectstatic
// refuses a reference it cannot resolve.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

const scripts = [
  'node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js',
  'node_modules/accessible-autocomplete/dist/accessible-autocomplete.min.js'
]

mkdirSync('build/static/vendor', { recursive: true })
for (const path of scripts) {
  const text = readFileSync(path, 'utf8').replace(/\/\/# sourceMappingURL=\S+\s*$/, '')
  writeFileSync(`build/static/vendor/${basename(path)}`, text)
}
