// `npm run install-manifest`: writes dist/install.yaml.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderInstallManifest } from '../../build/install-manifest/render-install-manifest.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { findHelm } from '../support/helm/find-helm.ts'

const tell = (sentence: string) => void process.stderr.write(`${sentence}\n`)
const { path } = await findHelm({ environment: process.env, tell })
await mkdir(join(repositoryRoot, 'dist'), { recursive: true })
await writeFile(join(repositoryRoot, 'dist/install.yaml'), await renderInstallManifest(path))
process.stdout.write('dist/install.yaml\n')
