// The kinds, and how kubectl names and lists them.
import type * as z from 'zod/mini'
import { clusterFallbackPolicy } from '../resources/cluster-fallback-policy.ts'
import { fallbackPolicy } from '../resources/fallback-policy.ts'
import { clusterLLMProvider, llmProvider } from '../resources/llm-provider.ts'
import { policyStatus, providerStatus } from './status-schema.ts'
import type { StructuralSchema } from './structural-schema.ts'

export interface PrinterColumn {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly jsonPath: string
  readonly description: string
  /** 1: only with `-o wide`. */
  readonly priority?: 1
}

export interface KindDescription {
  readonly kind: string
  readonly plural: string
  readonly shortName: string
  readonly scope: 'Namespaced' | 'Cluster'
  readonly schema: z.core.$ZodObject
  readonly status: StructuralSchema
  readonly columns: readonly PrinterColumn[]
}

export const categories = ['llm-fallback'] as const

function condition(name: string, type: string, description: string): PrinterColumn {
  return { name, type: 'string', jsonPath: `.status.conditions[?(@.type=="${type}")].status`, description }
}

function reason(name: string, type: string, description: string): PrinterColumn {
  return { name, type: 'string', jsonPath: `.status.conditions[?(@.type=="${type}")].reason`, description }
}

function wide(column: PrinterColumn): PrinterColumn {
  return { ...column, priority: 1 }
}

function field(name: string, jsonPath: string, description: string): PrinterColumn {
  return { name, type: 'string', jsonPath, description }
}

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Time since it was created.',
}

const policyVerdict = [
  condition('Accepted', 'Accepted', 'The policy is valid.'),
  condition('Programmed', 'Programmed', 'Every pod that it is meant for runs it.'),
  field('Live', '.status.live', 'Pods that run it, of those that it is meant for.'),
]
const policyReasons = [
  wide(reason('Reason', 'Programmed', 'Why it is programmed or not.')),
  wide(condition('Resolved', 'ResolvedRefs', 'Every provider that it names is there and may be used.')),
]

const policyColumns = [
  ...policyVerdict,
  ...policyReasons,
  wide(condition('Conflicted', 'Conflicted', 'Another policy wins on some of its pods.')),
  wide(field('Mode', '.spec.mode', 'Enforce or Observe.')),
  wide({ ...field('Priority', '.spec.priority', 'The highest wins.'), type: 'integer' }),
  age,
]

const providerColumns = [
  field('Dialect', '.spec.dialect', 'Wire format of the provider.'),
  field('Region', '.spec.region', 'Where content is processed.'),
  condition('Resolved', 'ResolvedRefs', 'Its credential was found.'),
  condition('Healthy', 'Healthy', 'As the sidecars see it.'),
  wide(reason('Reason', 'Healthy', 'Why it is healthy or not.')),
  wide(field('Endpoint', '.spec.endpoint', 'Base URL; absent: the public one of the vendor.')),
  age,
]

export const kinds: readonly KindDescription[] = [
  {
    kind: 'FallbackPolicy',
    plural: 'fallbackpolicies',
    shortName: 'fbp',
    scope: 'Namespaced',
    schema: fallbackPolicy,
    status: policyStatus,
    columns: policyColumns,
  },
  {
    kind: 'LLMProvider',
    plural: 'llmproviders',
    shortName: 'llmp',
    scope: 'Namespaced',
    schema: llmProvider,
    status: providerStatus,
    columns: providerColumns,
  },
  {
    kind: 'ClusterLLMProvider',
    plural: 'clusterllmproviders',
    shortName: 'cllmp',
    scope: 'Cluster',
    schema: clusterLLMProvider,
    status: providerStatus,
    columns: providerColumns,
  },
  {
    kind: 'ClusterFallbackPolicy',
    plural: 'clusterfallbackpolicies',
    shortName: 'cfbp',
    scope: 'Cluster',
    schema: clusterFallbackPolicy,
    status: policyStatus,
    columns: [...policyVerdict, ...policyReasons, age],
  },
]
