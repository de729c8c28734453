// Which Go compiles: the one on the path, else the one that lies where Go's installer puts it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const oldestGo = { major: 1, minor: 26 }
const run = promisify(execFile)

export type Environment = Readonly<Record<string, string | undefined>>

export type GoFound =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string }

/** @param folder where go.mod lies, so that a toolchain that Go would fetch for it is the one that answers. */
export async function findGo(folder: string, environment: Environment): Promise<GoFound> {
  const reasons: string[] = []
  for (const path of ['go', '/usr/local/go/bin/go']) {
    const asked = await askVersion(path, folder, environment)
    if (asked.kind === 'answered' && isNewEnough(asked.version)) return { kind: 'found', path }
    reasons.push(
      asked.kind === 'answered'
        ? `${path} is ${asked.version}, older than go${oldestGo.major}.${oldestGo.minor}`
        : `${path} does not run (${asked.reason})`,
    )
  }
  return { kind: 'none', reason: reasons.join(', ') }
}

function isNewEnough(version: string): boolean {
  const [, major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(version)?.map(Number) ?? []
  return major > oldestGo.major || (major === oldestGo.major && minor >= oldestGo.minor)
}

type Asked =
  | { readonly kind: 'answered'; readonly version: string }
  | { readonly kind: 'failed'; readonly reason: string }

async function askVersion(path: string, cwd: string, env: Environment): Promise<Asked> {
  return run(path, ['env', 'GOVERSION'], { cwd, env: { ...env } }).then(
    ({ stdout }) => ({ kind: 'answered', version: stdout.trim() }),
    (error: Error) => ({ kind: 'failed', reason: error.message.trim().split('\n').at(-1) ?? '' }),
  )
}
