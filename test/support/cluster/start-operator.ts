// The real operator as a process of its own, against a cluster of a test.
import { type Program, type ProgramEnd, startProgram } from '../child-process.ts'
import { eventually } from '../eventually.ts'
import { isRecord, parseRecord, recordsOf } from '../simulated-vendors/json.ts'
import { findFreePorts } from './free-ports.ts'
import type { Cluster } from './start-cluster.ts'

const startWithinMs = 30_000

export interface OperatorOptions {
  /** Path of the kubeconfig it works with; absent: the administrator's. */
  readonly kubeconfig?: string
  /** Further settings, such as `LLM_FALLBACK_CREDENTIAL_NAMESPACES`. */
  readonly environment?: Readonly<Record<string, string>>
  /** `ready` (default) waits for `/readyz`, `started` for nothing. */
  readonly waitFor?: 'ready' | 'started'
  /** Another program than the operator, for the tests of this file. */
  readonly entry?: string
}

export interface Operator {
  readonly pid: number
  readonly adminUrl: string
  readonly pushPort: number
  readonly webhookPort: number
  hasEnded(): boolean
  isReady(): Promise<boolean>
  /** Standard output as parsed JSON lines. */
  logLines(): readonly Readonly<Record<string, unknown>>[]
  stderr(): string
  /** `/metrics` as it is. */
  metrics(): Promise<string>
  /** The entries of `/fleet`. */
  fleet(): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** SIGTERM, and SIGKILL when it takes longer than 10 s. */
  stop(): Promise<ProgramEnd>
  kill(): Promise<ProgramEnd>
}

/** @throws Error with the program's output when it ends or does not get ready. */
export async function startOperator(cluster: Cluster, options: OperatorOptions = {}): Promise<Operator> {
  const [push = 0, webhook = 0, admin = 0] = await findFreePorts(3)
  const program = await startProgram({
    entry: options.entry ?? 'operator/main.ts',
    environment: {
      KUBECONFIG: options.kubeconfig ?? cluster.kubeconfig,
      LLM_FALLBACK_PUSH_LISTEN: `127.0.0.1:${push}`,
      LLM_FALLBACK_WEBHOOK_LISTEN: `127.0.0.1:${webhook}`,
      LLM_FALLBACK_ADMIN_LISTEN: `127.0.0.1:${admin}`,
      LLM_FALLBACK_PUSH_URL: `https://127.0.0.1:${push}`,
      LLM_FALLBACK_WEBHOOK_URL: `https://127.0.0.1:${webhook}`,
      ...options.environment,
    },
  })
  cluster.adopt(program)
  const operator = describe(program, { push, webhook, admin })
  try {
    if (options.waitFor !== 'started') await waitUntilReady(operator)
    return operator
  } catch (cause) {
    await program.stop('SIGKILL')
    throw new Error(`the operator did not start: ${program.stderr()}${program.stdout()}`, { cause })
  }
}

function describe(
  program: Program,
  ports: { readonly push: number; readonly webhook: number; readonly admin: number },
): Operator {
  const adminUrl = `http://127.0.0.1:${ports.admin}`
  const read = async (path: string) => {
    const answer = await fetch(`${adminUrl}${path}`)
    return { status: answer.status, text: await answer.text() }
  }
  return {
    pid: program.pid,
    adminUrl,
    pushPort: ports.push,
    webhookPort: ports.webhook,
    hasEnded: program.hasEnded,
    isReady: () =>
      read('/readyz').then(
        ({ status }) => status === 200,
        () => false,
      ),
    logLines: () => program.stdout().split('\n').map(parseRecord).filter(isRecord),
    stderr: program.stderr,
    metrics: async () => (await read('/metrics')).text,
    fleet: async () => recordsOf(parseRecord((await read('/fleet')).text)?.['pods']),
    stop: () => program.stop('SIGTERM', 10_000),
    kill: () => program.stop('SIGKILL'),
  }
}

function waitUntilReady(operator: Operator): Promise<true> {
  const look = async () => {
    if (operator.hasEnded()) throw new Error('it ended instead')
    return (await operator.isReady()) ? true : undefined
  }
  return eventually('the operator is ready', look, startWithinMs)
}
