// `npm run generate`: writes crds/manifests.
import { mkdir, writeFile } from 'node:fs/promises'
import { renderManifests } from './render-manifests.ts'

const folder = new URL('../manifests/', import.meta.url)

await mkdir(folder, { recursive: true })
for (const { name, text } of renderManifests()) {
  await writeFile(new URL(name, folder), text)
  process.stdout.write(`crds/manifests/${name}: ${Math.ceil(Buffer.byteLength(text) / 1024)} KiB\n`)
}
