// `npm run build`: one minified file per program in dist/ (or in the folder that is named), each with a small launcher
// that keeps compiled code on disk. Both are run once, so that their first real start finds it there.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { launcherOf } from './launcher.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const outputFolder = resolve(process.argv[2] ?? join(root, 'dist'))

/**
 * Node's own modules through `require`: an `import` of one reads every export that it has, and those of `node:http`
 * and `node:crypto` then load a whole second HTTP client and the web's cryptography: 11 MiB that nobody uses.
 */
const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ kind, path }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    )
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
      loader: 'js',
    }))
  },
}

/** The parts of undici that the sidecar calls: its index loads fetch, web sockets and caches as well. */
const smallUndici: Plugin = {
  name: 'small-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'small-undici' }))
    build.onLoad({ filter: /.*/, namespace: 'small-undici' }, () => ({
      contents: [
        "exports.Pool = require('undici/lib/dispatcher/pool.js')",
        "exports.buildConnector = require('undici/lib/core/connect.js')",
        "exports.errors = require('undici/lib/core/errors.js')",
      ].join('\n'),
      resolveDir: root,
      loader: 'js',
    }))
  },
}

/** Fastify loads its compilers of JSON schemas at once; no route of ours has a schema. */
const withoutSchemaCompilers: Plugin = {
  name: 'without-schema-compilers',
  setup(build) {
    const filter = /^@fastify\/(ajv-compiler|fast-json-stringify-compiler)$/
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'no-schema-compiler' }))
    build.onLoad({ filter: /.*/, namespace: 'no-schema-compiler' }, () => ({
      contents:
        "module.exports = () => () => { throw new Error('this bundle is built without a schema compiler') }",
      loader: 'js',
    }))
  },
}

/**
 * Of the Kubernetes client only the reader of kubeconfigs is used. Its generated models and their reactive helper, which it
 * imports for methods that are never called, are 8 MiB of an idle operator.
 */
const withoutGeneratedModels: Plugin = {
  name: 'without-generated-models',
  setup(build) {
    build.onResolve({ filter: /^\.\/gen\/(index|rxjsStub)\.js$/ }, ({ path, importer }) =>
      importer.includes('/@kubernetes/client-node/') ? { path, namespace: 'no-models' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'no-models' }, () => ({
      contents: 'module.exports = {}',
      loader: 'js',
    }))
  },
}

/** Packages that few pods need, each with what is imported of it: evaluated when that is used for the first time. */
const lazily: Readonly<Record<string, string>> = { '@smithy/eventstream-codec': 'EventStreamCodec' }

const lazyPackages: Plugin = {
  name: 'lazy-packages',
  setup(build) {
    build.onResolve({ filter: /^@smithy\/eventstream-codec$/ }, ({ path, namespace }) =>
      namespace === 'lazy' ? undefined : { path, namespace: 'lazy' },
    )
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: `Object.defineProperty(exports, '${lazily[path]}', {
        enumerable: true,
        get: () => require('${path}').${lazily[path]},
      })`,
      resolveDir: root,
      loader: 'js',
    }))
  },
}

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
    plugins: [lazyPackages, requireBuiltins, smallUndici, withoutSchemaCompilers, withoutGeneratedModels],
    banner: {
      js: "const require=process.getBuiltinModule('module').createRequire(import.meta.url);",
    },
  })
  await rm(join(outputFolder, '.compile-cache', name), { recursive: true, force: true })
  const launcher = join(outputFolder, `${name}.js`)
  await writeFile(launcher, launcherOf(name, program))
  keepCompiledCode(launcher)
  await printSize(program)
}

/** Runs the program with a setting that it refuses: it is loaded whole, and opens nothing. */
function keepCompiledCode(launcher: string): void {
  const env = { PATH: process.env['PATH'], LLM_FALLBACK_ADMIN_LISTEN: 'nowhere' }
  const { status, stderr, error } = spawnSync(process.execPath, [launcher], { env, encoding: 'utf8' })
  if (status !== 2) throw new Error(`${launcher} does not run: ${error?.message ?? stderr}`)
}

async function printSize(file: string): Promise<void> {
  const { size } = await stat(join(outputFolder, file))
  const path = relative(root, join(outputFolder, file))
  process.stdout.write(`${path}  ${(size / 1024).toFixed(0)} KiB\n`)
}
