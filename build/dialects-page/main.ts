// `npm run generate`: writes docs/dialects.md.
import { writeFile } from 'node:fs/promises'
import { renderPage } from './render-page.ts'

await writeFile(new URL('../../docs/dialects.md', import.meta.url), renderPage())
process.stdout.write('docs/dialects.md\n')
