// `npm run generate`: writes the templates of charts/llm-fallback-crds and docs/chart-values.md.
import { writeFile } from 'node:fs/promises'
import { readCharts } from './read-charts.ts'
import { renderCrdTemplates } from './render-crd-templates.ts'
import { renderValuesPage } from './render-values-page.ts'

const root = new URL('../../', import.meta.url)
const files = [
  ...renderCrdTemplates().map(({ name, text }) => ({
    path: `charts/llm-fallback-crds/templates/${name}`,
    text,
  })),
  { path: 'docs/chart-values.md', text: renderValuesPage(readCharts()) },
]

for (const { path, text } of files) {
  await writeFile(new URL(path, root), text)
  process.stdout.write(`${path}\n`)
}
