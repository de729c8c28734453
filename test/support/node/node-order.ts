// What the two sides of a node tell each other: what is to run goes in as a parameter, how it went comes out as a line.

import { isRecord, parseRecord, textOf } from '../simulated-vendors/json.ts'
import type { NodePrograms } from './build-programs.ts'

export interface NodeOrder {
  /** Holds everything that the node writes. */
  readonly folder: string
  /** Of the node's pods, in every hierarchy. */
  readonly controlGroup: string
  /** Search path for the programs of the machine. */
  readonly path: string
  readonly pluginFolder: string
  readonly controlPlane: {
    readonly etcd: string
    readonly apiServer: string
    readonly controllerManager: string
    readonly kubectl: string
  }
  readonly programs: Omit<NodePrograms, 'pause'>
  /** Image file of the program that keeps a pod's namespaces. */
  readonly pauseImage: string
}

export const pauseReference = 'localhost/llm-fallback-test/pause:1'

export type NodeReport =
  | { readonly kind: 'started'; readonly ca: string; readonly adminToken: string }
  | { readonly kind: 'failed'; readonly message: string }

/** undefined: not a report. */
export function parseReport(line: string): NodeReport | undefined {
  const report = parseRecord(line)
  if (!isRecord(report)) return undefined
  const [message, ca, adminToken] = [report['message'], report['ca'], report['adminToken']].map(textOf)
  if (report['kind'] === 'failed' && message !== undefined) return { kind: 'failed', message }
  if (report['kind'] !== 'started' || ca === undefined || adminToken === undefined) return undefined
  return { kind: 'started', ca, adminToken }
}
