// The stage of every scenario with an operator: the real sidecar as a process, a scripted operator, its files, two providers.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { PushedSecret } from '../../crds/snapshot/control-frames.ts'
import type { CompiledStep, PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import { askChat, type Question, type WireAnswer } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { makeAuthority } from '../support/make-certificates.ts'
import {
  type ScriptedOperator,
  type ScriptedOperatorOptions,
  startScriptedOperator,
} from '../support/scripted-operator.ts'
import { type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.ts'
import { plainTarget, pushedProviders, secretOf, snapshotOf } from '../support/snapshots.ts'
import { type Sidecar, startSidecar } from '../support/start-sidecar.ts'
import { chat } from './wire.ts'

export interface OperatorStage {
  readonly first: ScriptedProvider
  readonly second: ScriptedProvider
  readonly stateDirectory: string
  /** Of the one that runs now. */
  sidecar(): Sidecar
  operator(): ScriptedOperator
  ask(question?: Question): Promise<WireAnswer>
  /** Of `/readyz`. */
  ready(): Promise<{ readonly status: number; readonly text: string }>
  metric(name: string): Promise<number | undefined>
  writeToken(token: string): Promise<void>
  /** Absent: the right one. */
  writeCa(ca?: string): Promise<void>
  /** A sidecar beside the same state, after the one before has ended. */
  restartSidecar(): Promise<Sidecar>
  /** Nobody listens at its address any more. */
  stopOperator(): Promise<void>
  /** At the same address, with the same CA. */
  restartOperator(): Promise<ScriptedOperator>
  /** Pushes a snapshot and waits for its verdict. */
  push(snapshot: PolicySnapshot): Promise<Readonly<Record<string, unknown>>>
  /** A chain over both providers, the first one first. */
  chainOfBoth(generation?: number): PolicySnapshot
}

export async function openOperatorStage(context: TestContext): Promise<OperatorStage> {
  const { folder, authority, files, ...found } = await openWorld()
  let { operator } = found
  const { first, second } = found
  const { port, url } = operator
  const start = () => startSidecar({ environment: environmentOf(url, files), waitFor: 'listening' })
  let sidecar = await start()
  context.after(async () => {
    await sidecar.stop()
    await Promise.all([operator.close(), first.close(), second.close()])
    await rm(folder, { recursive: true, force: true })
  })
  const endpoints = pushedProviders({ a: first.url, b: second.url })
  return {
    ...{ first, second, stateDirectory: files.stateDirectory },
    sidecar: () => sidecar,
    operator: () => operator,
    ask: question => askChat(sidecar.url, question),
    ready: () => fetchText(`${sidecar.adminUrl}/readyz`),
    metric: async name => readMetric((await fetchText(`${sidecar.adminUrl}/metrics`)).text, name),
    writeToken: token => replaceFile(files.token, token),
    writeCa: (ca = authority.ca) => replaceFile(files.ca, ca),
    async restartSidecar() {
      await sidecar.stop()
      sidecar = await start()
      return sidecar
    },
    stopOperator: () => operator.close(),
    async restartOperator() {
      const options: ScriptedOperatorOptions = { authority, port }
      operator = await startScriptedOperator(options)
      return operator
    },
    async push(snapshot) {
      const before = operator.verdicts.length
      await operator.send({ kind: 'snapshot', snapshot })
      return eventually('the sidecar gives its verdict', () => operator.verdicts[before])
    },
    chainOfBoth: generation =>
      snapshotOf(bothSteps(), endpoints, generation === undefined ? {} : { generation }),
  }
}

export function bothSteps(): readonly CompiledStep[] {
  return [plainTarget('a', 0), plainTarget('b', 1)]
}

async function openWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-operator-'))
  const [first, second, authority] = await Promise.all([
    startScriptedProvider({ byDefault: chat('from the first') }),
    startScriptedProvider({ byDefault: chat('from the second') }),
    makeAuthority(),
  ])
  const files = {
    ca: join(folder, 'ca.crt'),
    token: join(folder, 'token'),
    stateDirectory: join(folder, 'state'),
  }
  await writeFile(files.ca, authority.ca)
  await writeFile(files.token, 'token-one')
  return { folder, first, second, authority, files, operator: await startScriptedOperator({ authority }) }
}

/** Keys of the two providers, as a credentials frame has them. */
export function keys(values: Readonly<Record<string, string>>): readonly PushedSecret[] {
  return Object.entries(values).map(([name, value]) => ({
    id: secretOf(name),
    version: value.slice(-4),
    value,
  }))
}

/** Neither on disk nor in a log, an audit line, a page or a metric. */
export async function assertNowhere(stage: OperatorStage, secrets: readonly string[]): Promise<void> {
  const { adminUrl } = stage.sidecar()
  const pages = ['/readyz', '/metrics', '/debug/policy', '/debug/breakers'].map(async path =>
    (await fetch(`${adminUrl}${path}`)).text(),
  )
  const kept = (await readdir(stage.stateDirectory)).map(name =>
    readFile(join(stage.stateDirectory, name), 'utf8'),
  )
  const texts = [
    stage.sidecar().stdout(),
    stage.sidecar().stderr(),
    ...(await Promise.all([...pages, ...kept])),
  ]
  for (const secret of secrets) assert.ok(!texts.some(text => text.includes(secret)), 'a secret has leaked')
}

function environmentOf(
  url: string,
  files: { readonly ca: string; readonly token: string; readonly stateDirectory: string },
): Readonly<Record<string, string>> {
  return {
    LLM_FALLBACK_OPERATOR_URL: url,
    LLM_FALLBACK_OPERATOR_CA_FILE: files.ca,
    LLM_FALLBACK_OPERATOR_TOKEN_FILE: files.token,
    LLM_FALLBACK_STATE_DIR: files.stateDirectory,
    LLM_FALLBACK_DRAIN: '1s',
    LLM_FALLBACK_AUDIT: 'stdout',
    LLM_FALLBACK_LOG_LEVEL: 'debug',
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

async function fetchText(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(url)
  return { status: answer.status, text: await answer.text() }
}

function readMetric(page: string, name: string): number | undefined {
  const line = page.split('\n').find(each => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}
