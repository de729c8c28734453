// The commands that a person types against a cluster, with nothing of the tester's own settings.
import { findHelm } from '../helm/find-helm.ts'
import { type CommandResult, runCommand } from './run-command.ts'

/** Longer than any `--timeout` that a test gives. */
const withinMs = 330_000

export interface OutsideOptions {
  readonly input?: string
}

export interface OutsideCommands {
  /** One command line; `options` first because the parameters have no end. */
  kubectl(options: OutsideOptions, ...parameters: readonly string[]): Promise<CommandResult>
  /** The same, but rejects unless it ends well. @returns standard output. */
  mustKubectl(options: OutsideOptions, ...parameters: readonly string[]): Promise<string>
  /** Built when it is asked for the first time, where the machine has none. */
  helm(...parameters: readonly string[]): Promise<CommandResult>
  mustHelm(...parameters: readonly string[]): Promise<string>
}

export interface OutsideAccess {
  readonly kubectl: string
  readonly kubeconfig: string
  /** Working folder, also for their caches. */
  readonly folder: string
  readonly tell: (sentence: string) => void
}

export function createOutsideCommands(access: OutsideAccess): OutsideCommands {
  const environment = {
    HOME: access.folder,
    KUBECONFIG: access.kubeconfig,
    PATH: process.env['PATH'] ?? '',
  }
  const run = (program: string, parameters: readonly string[], options: OutsideOptions = {}) =>
    runCommand({ ...options, environment, withinMs, folder: access.folder }, program, ...parameters)
  const kubectl: OutsideCommands['kubectl'] = (options, ...parameters) =>
    run(access.kubectl, parameters, options)
  const helm: OutsideCommands['helm'] = async (...parameters) => {
    const { path } = await findHelm({ environment: process.env, tell: access.tell })
    return run(path, parameters)
  }
  return {
    kubectl,
    helm,
    mustKubectl: async (options, ...parameters) =>
      outputOf(await kubectl(options, ...parameters), `kubectl ${parameters.join(' ')}`),
    mustHelm: async (...parameters) => outputOf(await helm(...parameters), `helm ${parameters.join(' ')}`),
  }
}

function outputOf({ code, stdout, stderr }: CommandResult, command: string): string {
  if (code === 0) return stdout
  throw new Error(`${command} ended with ${code}: ${stderr}${stdout}`)
}
