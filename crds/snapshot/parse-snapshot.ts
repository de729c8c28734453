// A sidecar believes nobody: what it is told to execute is checked again, whole, before anything is swapped.
import type * as z from 'zod/mini'
import { type Finding, formatPath, type ResourceProblem, toProblem } from '../resources/problem.ts'
import { snapshotDigest } from './digest.ts'
import { type PolicySnapshot, snapshotVersion } from './policy-snapshot.ts'
import { snapshotSchema } from './schema.ts'

export type ParsedSnapshot =
  | { readonly kind: 'ok'; readonly snapshot: PolicySnapshot }
  | { readonly kind: 'refused'; readonly problems: readonly ResourceProblem[] }

/**
 * Reads a snapshot from JSON data. Refused are another version, a shape that cannot be executed, a digest that is not that
 * of the content, and references to providers that are not in it but from unresolved steps. Unknown fields are left out. Never throws.
 */
export function parseSnapshot(value: unknown): ParsedSnapshot {
  const version = explainVersion(value)
  if (version !== undefined) return refuse([version])
  const shaped = snapshotSchema.safeParse(value)
  if (!shaped.success) return refuse(shaped.error.issues.map(explainIssue))
  const snapshot: PolicySnapshot = shaped.data
  if (!hasItsDigest(value, snapshot.digest)) {
    return refuse([{ path: 'digest', message: 'is not the digest of this content' }])
  }
  const findings = [...findForeignKeys(snapshot), ...findMissingProviders(snapshot)]
  return findings.length === 0 ? { kind: 'ok', snapshot } : refuse(findings)
}

/** Over what arrived, since fields of a newer operator are part of its digest. */
function hasItsDigest(value: unknown, digest: string): boolean {
  if (typeof value !== 'object' || value === null) return false
  try {
    return snapshotDigest(value) === digest
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function explainVersion(value: unknown): Finding | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { path: '', message: 'an object is expected' }
  }
  const version = Object.hasOwn(value, 'version') ? Reflect.get(value, 'version') : undefined
  if (version === snapshotVersion) return undefined
  if (typeof version !== 'number') {
    return { path: 'version', message: `this sidecar reads version ${snapshotVersion}` }
  }
  const advice = version > snapshotVersion ? ': it is older than its operator' : ''
  return {
    path: 'version',
    message: `this sidecar reads version ${snapshotVersion} only${advice}`,
    value: version,
  }
}

/** Without the values: a header or a fixed answer is nobody's business. */
function explainIssue(issue: z.core.$ZodIssue): Finding {
  const wanted = issue.message === 'Invalid input' ? 'not what this sidecar can execute' : issue.message
  return { path: formatPath(issue.path), message: wanted }
}

function findForeignKeys({ providers }: PolicySnapshot): readonly Finding[] {
  return Object.entries(providers)
    .filter(([key, provider]) => key !== provider.key)
    .map(([key]) => ({
      path: formatPath(['providers', key, 'key']),
      message: 'is not the key that it stands under',
    }))
}

/** A step that is never asked may name a provider that is not there. */
function findMissingProviders({ policies, providers }: PolicySnapshot): readonly Finding[] {
  const message = 'names a provider that is not part of the snapshot'
  return policies.flatMap(({ passThrough, routes }, policyIndex) => {
    const path = `policies[${policyIndex}]`
    const ofSteps = routes.flatMap(({ chain }, routeIndex) =>
      chain.flatMap((step, stepIndex) =>
        step.kind !== 'target' || Object.hasOwn(providers, step.provider) || step.unresolved !== undefined
          ? []
          : [{ path: `${path}.routes[${routeIndex}].chain[${stepIndex}].provider`, message }],
      ),
    )
    if (passThrough === undefined || Object.hasOwn(providers, passThrough)) return ofSteps
    return [{ path: `${path}.passThrough`, message }, ...ofSteps]
  })
}

function refuse(findings: readonly Finding[]): ParsedSnapshot {
  return { kind: 'refused', problems: findings.map(finding => toProblem('snapshot', finding)) }
}
