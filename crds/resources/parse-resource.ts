// From what a file or the API server holds to a resource that can be trusted. The same checks run wherever one is read.
import type * as z from 'zod/mini'
import { assertNever } from '../vocabulary.ts'
import { clusterFallbackPolicy } from './cluster-fallback-policy.ts'
import { clusterPolicyRules } from './cluster-policy-rules.ts'
import { explainIssue } from './explain-issue.ts'
import { fallbackPolicy } from './fallback-policy.ts'
import { clusterLLMProvider, llmProvider } from './llm-provider.ts'
import { suggestion } from './near-miss.ts'
import { judgePolicySpec } from './policy-rules.ts'
import {
  type Finding,
  nameObject,
  type ResourceProblem,
  type ResourceSource,
  showValue,
  toProblem,
} from './problem.ts'
import { providerRules } from './provider-rules.ts'
import { apiVersion, type Resource } from './resource.ts'

export type ParsedResource =
  | { readonly kind: 'ok'; readonly resource: Resource }
  /** At least one problem, in the order of the schema, unknown fields last. */
  | { readonly kind: 'refused'; readonly problems: readonly ResourceProblem[] }

export const resourceKinds = [
  'FallbackPolicy',
  'ClusterFallbackPolicy',
  'LLMProvider',
  'ClusterLLMProvider',
] as const

/**
 * Checks one document, as parsed from YAML or JSON: shape, bounds, and every rule that the object alone can break. Defaults
 * are filled in. Never throws; `source` is repeated in the problems.
 */
export function parseResource(value: unknown, source?: ResourceSource): ParsedResource {
  const checked = checkDocument(value)
  if (checked.kind === 'ok') return checked
  const object = nameUnchecked(value)
  return {
    kind: 'refused',
    problems: checked.findings.map(finding => toProblem(object, finding, source)),
  }
}

type Checked =
  | { readonly kind: 'ok'; readonly resource: Resource }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }

function checkDocument(value: unknown): Checked {
  if (!isRecord(value)) {
    const message = 'one resource is expected: an object with apiVersion, kind, metadata and spec'
    return { kind: 'refused', findings: [{ path: '', message }] }
  }
  const kind = resourceKinds.find(known => known === value['kind'])
  if (kind === undefined) return { kind: 'refused', findings: explainKind(value) }
  switch (kind) {
    case 'FallbackPolicy':
      return checkResource(value, fallbackPolicy, [({ spec }) => judgePolicySpec(spec, 'spec')])
    case 'ClusterFallbackPolicy':
      return checkResource(value, clusterFallbackPolicy, clusterPolicyRules)
    case 'LLMProvider':
      return checkResource(value, llmProvider, providerRules)
    case 'ClusterLLMProvider':
      return checkResource(value, clusterLLMProvider, providerRules)
    default:
      return assertNever(kind)
  }
}

/** Shape first: the rules are written for resources that have it. */
function checkResource<Kind extends Resource>(
  value: unknown,
  schema: z.ZodMiniType<Kind>,
  rules: readonly ((resource: Kind) => readonly Finding[])[],
): Checked {
  const shaped = schema.safeParse(value)
  if (!shaped.success) {
    const findings = shaped.error.issues.flatMap(issue => explainIssue(issue, schema, value))
    return { kind: 'refused', findings }
  }
  const findings = rules.flatMap(rule => rule(shaped.data))
  return findings.length === 0 ? { kind: 'ok', resource: shaped.data } : { kind: 'refused', findings }
}

function explainKind(value: Readonly<Record<string, unknown>>): readonly Finding[] {
  const { apiVersion: version, kind } = value
  if (version !== apiVersion) {
    return [{ path: 'apiVersion', ...expectText(version, `expected ${apiVersion}`) }]
  }
  const near = typeof kind === 'string' ? suggestion(kind, resourceKinds) : ''
  return [{ path: 'kind', ...expectText(kind, `expected ${resourceKinds.join(', ')}${near}`) }]
}

function expectText(given: unknown, message: string): { readonly message: string; readonly value?: unknown } {
  if (given === undefined) return { message: `required: ${message}` }
  return { message, value: given }
}

/** How problems call an object that may be malformed in any way. */
function nameUnchecked(value: unknown): string {
  if (!isRecord(value)) return 'document'
  const kind = typeof value['kind'] === 'string' ? plainWord(value['kind']) : 'object without a kind'
  const metadata = value['metadata']
  if (!isRecord(metadata) || typeof metadata['name'] !== 'string') return kind
  const { namespace } = metadata
  return nameObject(kind, {
    name: plainWord(metadata['name']),
    ...(typeof namespace === 'string' ? { namespace: plainWord(namespace) } : {}),
  })
}

function plainWord(word: string): string {
  return /^[\w.-]{1,63}$/.test(word) ? word : showValue(word)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
