// The ConfigMap in which a part of a replica's summary lies.
import type { FleetSummaryObject } from '../reconcile/ports.ts'
import type { PartContent } from './summary-parts.ts'

export const summaryLabel = { 'llmfallback.io/fleet': 'summary' } as const

const longestName = 200

export interface SummaryPart {
  readonly replica: string
  /** Counts up with every write, so that a reader sees that the replica lives. */
  readonly renewal: number
  readonly content: PartContent
}

/** `llm-fallback-fleet-<replica>`, further parts with their number. */
export function summaryName(replica: string, part: number): string {
  const safe = replica
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, longestName)
  const base = `llm-fallback-fleet-${safe}`.replace(/-+$/, '')
  return part === 0 ? base : `${base}-${part}`
}

export function summaryPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps/${name}`
}

export function summaryObject(namespace: string, name: string, part: SummaryPart): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: summaryLabel },
    data: {
      replica: part.replica,
      renewal: String(part.renewal),
      encoding: part.content.kind,
      summary: part.content.text,
    },
  }
}

/** Undefined when it is not what a replica writes. */
export function readSummaryObject(object: FleetSummaryObject): SummaryPart | undefined {
  const { replica, renewal, encoding, summary } = object.data
  if (replica === undefined || renewal === undefined || summary === undefined) return undefined
  if (encoding !== 'json' && encoding !== 'gzip') return undefined
  return { replica, renewal: Number(renewal), content: { kind: encoding, text: summary } }
}
