// What a change of configuration adds to the metrics.
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { Instruments } from './instruments.ts'
import { processMetrics } from './process-metrics.ts'
import { targetsOfSnapshot } from './snapshot-names.ts'
import { spendingMetrics } from './spending-metrics.ts'

export interface ConfigurationRecorder {
  /** A snapshot has become the live one. */
  policyApplied(snapshot: PolicySnapshot): void
  /** A change was refused; the live snapshot works on. */
  policyRefused(): void
  /** A change left the snapshot as it was. */
  policyUnchanged(): void
}

export function createConfigurationRecorder(
  instruments: Instruments,
  options: { readonly build: { readonly version: string; readonly revision: string }; wallTime(): number },
): ConfigurationRecorder {
  const info = instruments.gauge(processMetrics.configInfo)
  const generation = instruments.gauge(processMetrics.configGeneration)
  const targets = instruments.gauge(spendingMetrics.targetInfo)
  const reloads = instruments.counter(processMetrics.reloads)
  const successful = instruments.gauge(processMetrics.lastReloadSuccessful)
  const lastSuccess = instruments.gauge(processMetrics.lastReloadSuccess)
  const build = instruments.gauge(processMetrics.buildInfo)
  build.set({ ...options.build, node: process.versions.node }, 1)
  for (const result of ['applied', 'rejected', 'unchanged']) reloads.add({ result }, 0)

  const succeeded = () => {
    successful.set({}, 1)
    lastSuccess.set({}, options.wallTime() / 1000)
  }
  return {
    policyApplied(snapshot) {
      reloads.add({ result: 'applied' }, 1)
      succeeded()
      info.clear()
      info.set({ snapshot: snapshot.digest.slice(0, 12), schema: `v${snapshot.version}` }, 1)
      generation.clear()
      for (const { namespace, name, identity } of snapshot.policies) {
        generation.set({ policy: `${namespace}/${name}` }, generationOf(identity))
      }
      targets.clear()
      for (const facts of targetsOfSnapshot(snapshot)) targets.set({ ...facts }, 1)
    },
    policyRefused() {
      reloads.add({ result: 'rejected' }, 1)
      successful.set({}, 0)
    },
    policyUnchanged() {
      reloads.add({ result: 'unchanged' }, 1)
      succeeded()
    },
  }
}

/** The number behind `name@`: a generation, or the eight hexadecimal digits that a policy folder puts in its place. */
function generationOf(identity: string): number {
  const digits = identity.slice(identity.lastIndexOf('@') + 1)
  const number = Number.parseInt(digits, digits.length === 8 ? 16 : 10)
  return Number.isNaN(number) ? 0 : number
}
