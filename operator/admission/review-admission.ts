// One question of the API server, answered from what is known already.
import { isDeepStrictEqual } from 'node:util'
import { parseResource } from '../../crds/resources/parse-resource.ts'
import { apiVersion } from '../../crds/resources/resource.ts'
import { admissionAdvice } from './admission-advice.ts'
import { type AdmissionRequest, type AdmissionVerdict, isRecord } from './admission-review.ts'
import { admissionRules, type Candidate } from './admission-rules.ts'
import type { ClusterView } from './cluster-view.ts'
import { fitWarnings } from './fit-warnings.ts'
import { toCauses } from './refusal-causes.ts'

const allowed: AdmissionVerdict = { kind: 'allowed', warnings: [] }
const group = apiVersion.slice(0, apiVersion.indexOf('/'))

export function reviewAdmission(request: AdmissionRequest, cluster: ClusterView): AdmissionVerdict {
  if (!bringsNewSpec(request)) return allowed
  const parsed = parseResource(request.object)
  if (parsed.kind === 'refused') {
    return { kind: 'refused', reason: 'Invalid', causes: toCauses(parsed.problems), warnings: [] }
  }
  const candidate: Candidate = { resource: parsed.resource, namespace: request.namespace }
  for (const rule of admissionRules) {
    const refusal = rule(candidate, cluster)
    if (refusal !== undefined) return refusal
  }
  // Half of the cluster would make half of the references look broken.
  if (!cluster.hasSynced()) return allowed
  return { kind: 'allowed', warnings: fitWarnings(admissionAdvice.flatMap(give => give(candidate, cluster))) }
}

/**
 * Labels, finalizers and status change on objects that nobody could store today, too: refusing that would keep a namespace from
 * being deleted.
 */
function bringsNewSpec({ group: asked, operation, object, oldObject }: AdmissionRequest): boolean {
  if (asked !== group) return false
  if (operation === 'CREATE') return true
  if (operation !== 'UPDATE') return false
  return !isBeingDeleted(object) && !isSame(specOf(object), specOf(oldObject))
}

function isSame(spec: unknown, before: unknown): boolean {
  try {
    return isDeepStrictEqual(spec, before)
  } catch (error) {
    // Nested deeper than the stack: then it is to be judged, which does not descend into what it does not know.
    if (error instanceof RangeError) return false
    throw error
  }
}

function isBeingDeleted(object: unknown): boolean {
  const metadata = isRecord(object) ? object['metadata'] : undefined
  return isRecord(metadata) && typeof metadata['deletionTimestamp'] === 'string'
}

function specOf(object: unknown): unknown {
  return isRecord(object) ? object['spec'] : undefined
}
