// The vendors' Go clients: one program, built once for every state of its sources.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildGoProgram, cacheFolder } from '../../support/go-build/build-go-program.ts'
import { findGo } from '../../support/go-build/find-go.ts'
import type { Client } from './caller.ts'
import { type ClientProgram, clientOfProgram, startClientProgram } from './client-program.ts'

const sources = fileURLToPath(new URL('../go', import.meta.url))

const cure =
  'The Go clients need Go 1.26 or newer (https://go.dev/dl/), and a module proxy in reach of it or GOPROXY set to one that is.'

/**
 * Why these tests cannot run here: a machine without Go may leave them out, and says so. CI may not: there they fail.
 */
export async function reasonToSkip(): Promise<string | undefined> {
  const go = await findGo(sources, process.env)
  const mayLeaveOut = !process.env['CI']
  if (go.kind === 'found' || !mayLeaveOut) return undefined
  const reason = `NOT TESTED: ${cure} ${go.reason}.`
  process.stderr.write(`${reason}\n`)
  return reason
}

/**
 * @returns the path of the program.
 * @throws Error that says what is missing and how to cure it.
 */
export async function prepareGoClients(): Promise<string> {
  const built = await buildGoProgram({
    cache: cacheFolder(process.env, 'go-clients'),
    environment: process.env,
    tell: sentence => void process.stderr.write(`${sentence}\n`),
    name: 'the Go clients',
    sources,
    outputs: ['clients'],
    ldflags: '-s -w',
    // What is measured is the sidecar: the compiler is done in two thirds of the time.
    gcflags: 'all=-N -l',
    cost: 'takes a minute and a half on two cores',
  })
  if (built.kind === 'closed') throw new Error(`${cure} ${built.reason}.`)
  return join(built.folder, 'clients')
}

/** @param script a name of the table in `test/sdk/go/main.go`. */
export async function startGoProgram(
  script: string,
  url: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ClientProgram> {
  const path = await prepareGoClients()
  return startClientProgram({ name: `go, ${script}`, path, parameters: [script, url], environment })
}

export async function startGoClient(script: string, url: string): Promise<Client> {
  return clientOfProgram(await startGoProgram(script, url), `go, ${script}`)
}
