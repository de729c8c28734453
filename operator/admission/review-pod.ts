// The question about a pod that is about to be made. It needs nothing but what is in memory, and answers before that is complete:
// an operator that starts must not hold up the pods of a cluster that starts.
import { type InjectionDecision, injectPod } from '../injection/inject-pod.ts'
import type { InjectionSettings } from '../injection/injection-settings.ts'
import type { KubernetesVersion } from '../injection/kubernetes-version.ts'
import type { NamespaceFacts, Reader } from '../reconcile/ports.ts'
import type { AdmissionRequest, AdmissionVerdict } from './admission-review.ts'
import { fitWarnings } from './fit-warnings.ts'

export interface InjectionSources {
  readonly settings: InjectionSettings
  readonly namespaces: Pick<Reader<NamespaceFacts>, 'find'>
  /** The operator's own, whose pods are never touched. */
  readonly operatorNamespace: string
  readonly kubernetes: () => KubernetesVersion
}

export interface PodReview {
  readonly verdict: AdmissionVerdict
  /** From a closed list. */
  readonly decision: InjectionDecision['code'] | 'NotConcerned'
}

/** Excluded by the selectors, too: whoever edits those must still not stop the cluster or this operator. */
const systemNamespace = 'kube-system'

export function reviewPod(request: AdmissionRequest, sources: InjectionSources): PodReview {
  const { settings, namespaces, kubernetes, operatorNamespace } = sources
  const { namespace } = request
  if (!isNewPod(request) || namespace === systemNamespace || namespace === operatorNamespace) {
    return { verdict: { kind: 'allowed', warnings: [] }, decision: 'NotConcerned' }
  }
  const decision = injectPod(request.object, {
    settings,
    kubernetes: kubernetes(),
    openShiftUsers: namespaces.find('', namespace)?.openShiftUsers ?? '',
  })
  return { verdict: verdictOf(decision), decision: decision.code }
}

function isNewPod({ group, kind, operation }: AdmissionRequest): boolean {
  return group === '' && kind === 'Pod' && operation === 'CREATE'
}

/** kubectl shows field and sentence apart. */
const leadingPath = /^(spec[^\s:]*): (.+)$/s

function verdictOf(decision: InjectionDecision): AdmissionVerdict {
  if (decision.kind !== 'refused') {
    return { kind: 'allowed', warnings: fitWarnings(decision.warnings), patch: decision.patch }
  }
  const [, path = 'spec', sentence = decision.message] = leadingPath.exec(decision.message) ?? []
  const causes = [{ path, message: `llm-fallback: ${sentence}` }]
  return { kind: 'refused', reason: 'Invalid', causes, warnings: [] }
}
