// What an administrator decides about injected containers.
import type { ContainerResources } from './parse-resources.ts'

export interface InjectionSettings {
  /** Of the sidecar, with tag or digest. */
  readonly image: string
  readonly pullPolicy: PullPolicy
  readonly resources: ContainerResources
  /** Undefined: the sidecar's own default. */
  readonly logLevel: string | undefined
  /** Undefined: no audit, the sidecar's own default. */
  readonly audit: string | undefined
  /** What sidecars connect to, without a slash at the end. */
  readonly operatorUrl: string
  /** Of the sidecars' tokens. */
  readonly audience: string
  /** Of this operator, written on the pods. */
  readonly version: string
}

export const pullPolicies = ['IfNotPresent', 'Always', 'Never'] as const
export type PullPolicy = (typeof pullPolicies)[number]
