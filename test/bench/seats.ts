// Who is measured: the provider itself, the bare pass-through and the sidecar, each in front of the same stub.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transformSync } from 'esbuild'
import { parseAllDocuments } from 'yaml'
import { pathOf, type RunningProcess, startProgram, testedCore } from './processes.ts'

export type SeatName = 'direct' | 'bare' | 'sidecar'

export interface Seat {
  readonly name: SeatName
  readonly port: number
  /** Absent: not a process under test. */
  readonly process?: RunningProcess
}

const bareScript = pathOf('../../dist/bare.js')
const bundle = pathOf('../../dist/sidecar.js')
const quickstart = pathOf('../../crds/examples/quickstart/policy.yaml')

/** How the bare pass-through is written: as undici documents it, or on its lowest layer. */
export type Yardstick = 'documented' | 'strict'

export const yardstickWords: Readonly<Record<Yardstick, string>> = {
  documented: 'node:http and undici as its documentation shows it (request, pipeline)',
  strict: 'node:http and undici on its lowest layer (dispatch)',
}

export function startBare(stubPort: number, yardstick: Yardstick = 'documented'): Promise<RunningProcess> {
  const environment = { BENCH_UPSTREAM_PORT: String(stubPort), BENCH_BARE: yardstick }
  return startProgram({ script: bareScript, environment, core: testedCore })
}

/** The pass-through as plain JavaScript, so that it does not pay for reading TypeScript. */
export function prepareBare(): void {
  const { code } = transformSync(readFileSync(pathOf('bare.ts'), 'utf8'), { loader: 'ts', target: 'node24' })
  mkdirSync(dirname(bareScript), { recursive: true })
  writeFileSync(bareScript, code)
}

export interface SidecarStart {
  /** Holds the policy folder, the state and the audit file. */
  readonly folder: string
  readonly stubPort: number
  readonly nodeArguments?: readonly string[]
}

/** The production bundle on the quickstart policy with audit and metrics on. */
export function startSidecar(start: SidecarStart): Promise<RunningProcess> {
  const policies = join(start.folder, 'policies')
  mkdirSync(policies, { recursive: true })
  writePolicy(policies, quickstartPolicy(start.stubPort))
  return startProgram({
    script: bundle,
    core: testedCore,
    ...(start.nodeArguments !== undefined && { nodeArguments: start.nodeArguments }),
    environment: {
      LLM_FALLBACK_LISTEN: '127.0.0.1:0',
      LLM_FALLBACK_ADMIN_LISTEN: '127.0.0.1:0',
      LLM_FALLBACK_POLICY_DIR: policies,
      LLM_FALLBACK_NAMESPACE: 'support',
      LLM_FALLBACK_AUDIT: `file:${join(start.folder, 'audit.jsonl')}`,
      LLM_FALLBACK_STATE_DIR: start.folder,
      LLM_FALLBACK_DRAIN: '1s',
      OPENAI_API_KEY: 'bench-openai',
      ANTHROPIC_API_KEY: 'bench-anthropic',
    },
  })
}

/** Replaces the policy in one step, as an editor or a volume does. */
export function writePolicy(folder: string, text: string): void {
  const beside = join(folder, '.next')
  writeFileSync(beside, text)
  renameSync(beside, join(folder, 'policy.yaml'))
}

/** The example as it is, but for the endpoints. */
export function quickstartPolicy(stubPort: number): string {
  return rewriteQuickstart(stubPort, () => undefined)
}

/** The quickstart with a version that shows in two places: the primary's model and a fixed header of its provider. */
export function versionedPolicy(stubPort: number, version: number): string {
  return rewriteQuickstart(stubPort, document => {
    if (document.getIn(['metadata', 'name']) === 'openai') {
      document.setIn(['spec', 'headers'], [{ name: 'x-bench-version', value: String(version) }])
    }
    const primary = ['spec', 'routes', 0, 'chain', 0, 'target', 'model']
    if (document.hasIn(primary)) document.setIn(primary, `versioned-${version}`)
  })
}

type YamlDocument = ReturnType<typeof parseAllDocuments>[number]

function rewriteQuickstart(stubPort: number, change: (document: YamlDocument) => void): string {
  const documents = parseAllDocuments(readFileSync(quickstart, 'utf8'))
  for (const document of documents) {
    if (document.get('kind') === 'LLMProvider') {
      const base = document.getIn(['spec', 'dialect']) === 'OpenAI' ? '/v1' : ''
      document.setIn(['spec', 'endpoint'], `http://127.0.0.1:${stubPort}${base}`)
    }
    change(document)
  }
  return documents.map(String).join('\n---\n')
}
