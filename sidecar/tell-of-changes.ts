// Who learns of it when the policy has changed, or should have.
import type { PolicySnapshot } from '../crds/snapshot/policy-snapshot.ts'
import type { ChangeListener } from './control/apply-snapshot.ts'
import type { EventStream } from './telemetry/event-stream.ts'
import { createPolicyLog, type Logger } from './telemetry/logger.ts'
import type { Metrics } from './telemetry/metrics.ts'

export function tellOfChanges(parts: {
  events: EventStream
  metrics: Metrics
  logger: Logger
  save: (snapshot: PolicySnapshot) => void
}): ChangeListener {
  const { events, metrics, logger, save } = parts
  const log = createPolicyLog(logger)
  return {
    applied(snapshot, warnings) {
      // What waits is named by the policy it happened under.
      events.flush()
      metrics.policyApplied(snapshot)
      const policies = snapshot.policies.map(policy => `${policy.namespace}/${policy.identity}`)
      log.applied({ digest: snapshot.digest, policies, warnings })
      save(snapshot)
    },
    unchanged: () => metrics.policyUnchanged(),
    refused(reasons) {
      metrics.policyRefused()
      log.refused(reasons)
    },
  }
}
