// The images of the tests' own workloads: a bundle each, above one layer with Node.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { listNodeRuntime, nodePath, programUser } from '../../build/images/node-runtime.ts'
import { packLayer } from '../../build/images/pack-layer.ts'
import { writeOciImage } from '../../build/images/write-oci-image.ts'
import { repositoryRoot } from '../support/child-process.ts'

export const testImages = {
  app: 'localhost/llm-fallback-test/app:1',
  providers: 'localhost/llm-fallback-test/providers:1',
} as const

type Name = keyof typeof testImages

/** @returns the files of the images, in `folder`. */
export async function writeTestImages(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true })
  const runtime = await packLayer(listNodeRuntime())
  const write = async (name: Name) => {
    const file = join(folder, `${name}.tar`)
    await writeOciImage({
      file,
      reference: testImages[name],
      base: [runtime],
      files: [{ kind: 'written', path: '/app/main.mjs', content: await bundle(name) }],
      config: { User: `${programUser.uid}:${programUser.gid}`, Entrypoint: [nodePath, '/app/main.mjs'] },
    })
    return file
  }
  return Promise.all([write('app'), write('providers')])
}

async function bundle(name: Name): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(repositoryRoot, 'test/node', name, 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'warning',
    banner: { js: "const require=process.getBuiltinModule('module').createRequire(import.meta.url);" },
  })
  const [bundled] = outputFiles
  if (bundled === undefined) throw new Error(`the bundle of ${name} is empty`)
  return bundled.contents
}
