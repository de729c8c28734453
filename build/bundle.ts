// `npm run build`: one minified file per program in dist/, each with a small launcher that keeps compiled code on disk.
import { existsSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const outputFolder = join(root, 'dist')

const programs = ['sidecar', 'operator'].filter(name => existsSync(join(root, name, 'main.ts')))
await mkdir(outputFolder, { recursive: true })
for (const name of programs) await bundleProgram(name)

async function bundleProgram(name: string): Promise<void> {
  const program = `${name}-program.js`
  await build({
    entryPoints: [join(root, name, 'main.ts')],
    outfile: join(outputFolder, program),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    sourcemap: 'external',
    legalComments: 'linked',
    logLevel: 'warning',
    // CommonJS packages inside an ESM file still call `require` for Node's own modules.
    banner: {
      js: "import{createRequire as createRequireOfBundle}from'node:module';const require=createRequireOfBundle(import.meta.url);",
    },
  })
  await rm(join(outputFolder, '.compile-cache', name), { recursive: true, force: true })
  await writeFile(join(outputFolder, `${name}.js`), launcherOf(name, program))
  await printSize(program)
}

/**
 * Compiled code is kept beside the bundle: less memory and a quicker start from the second run on. Where the folder
 * cannot be written nothing is kept and nothing fails.
 */
function launcherOf(name: string, program: string): string {
  return [
    "import { enableCompileCache } from 'node:module'",
    "import { join } from 'node:path'",
    `enableCompileCache(join(import.meta.dirname, '.compile-cache', '${name}'))`,
    `await import('./${program}')`,
    '',
  ].join('\n')
}

async function printSize(file: string): Promise<void> {
  const { size } = await stat(join(outputFolder, file))
  process.stdout.write(`dist/${file}  ${(size / 1024).toFixed(0)} KiB\n`)
}
