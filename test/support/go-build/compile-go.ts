// One run of the Go compiler, which ends with us.
import { spawn } from 'node:child_process'
import type { Environment } from './find-go.ts'

export interface Compilation {
  /** Path of `go`. */
  readonly go: string
  /** Where go.mod lies. */
  readonly folder: string
  readonly flags: readonly string[]
  readonly environment: Environment
}

/** @throws Error with the end of what the compiler said. */
export function compileGo({ go, folder, flags, environment }: Compilation): Promise<void> {
  const compiler = spawn(go, [...flags], {
    cwd: folder,
    env: { ...environment, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stopWithUs = () => compiler.kill('SIGKILL')
  process.once('exit', stopWithUs)
  let said = ''
  compiler.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  return new Promise<void>((resolve, reject) => {
    compiler.once('error', reject)
    compiler.once('close', code => {
      process.off('exit', stopWithUs)
      if (code === 0) resolve()
      else reject(new Error(`go build of ${folder} ended with ${code}: ${said}`))
    })
  })
}
