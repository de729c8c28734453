// `npm run images`: writes dist/images/{operator,sidecar}.tar and says what they are.
import { spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { repositoryRoot } from './assemble-images.ts'
import { type BuiltImage, buildImages } from './build-images.ts'
import { readSourceDate } from './source-date.ts'

try {
  await main()
} catch (error) {
  process.stderr.write(`images: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const revision = readRevision()
  const built = await buildImages({
    folder: join(repositoryRoot, 'dist/images'),
    createdAt: readSourceDate(),
    ...(revision === undefined ? {} : { revision }),
  })
  for (const image of built) process.stdout.write(describe(image))
}

function describe({ reference, digest, file, sizeBytes, unpackedBytes }: BuiltImage): string {
  const sizes = `${mebibytes(sizeBytes)} compressed, ${mebibytes(unpackedBytes)} unpacked`
  return `${reference}\n  ${digest}\n  ${relative(repositoryRoot, file)}  ${sizes}\n`
}

/** The commit, or undefined where the sources are not, or not only, what a commit holds. */
function readRevision(): string | undefined {
  const ask = (...words: string[]) => spawnSync('git', words, { cwd: repositoryRoot, encoding: 'utf8' })
  const commit = ask('rev-parse', 'HEAD')
  const changes = ask('status', '--porcelain')
  return commit.status === 0 && changes.stdout === '' ? commit.stdout.trim() : undefined
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
