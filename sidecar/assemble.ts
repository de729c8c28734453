// Joins the rooms of the sidecar. Decides nothing: every choice is a setting or a resource.
import type { PolicySnapshot } from '../crds/snapshot/policy-snapshot.ts'
import { createAnswerCache } from './cache/answer-cache.ts'
import { cacheKey } from './cache/cache-key.ts'
import type { ChainEvent } from './chain/events.ts'
import { applyTo, type ChangeListener } from './control/apply-snapshot.ts'
import { PolicyFolder } from './control/policy-folder.ts'
import type { PolicySource } from './control/policy-source.ts'
import { keepLastGood } from './control/state-file.ts'
import { maskSecrets } from './failure/mask-secrets.ts'
import { requestIds } from './new-request-id.ts'
import { PolicyHolder } from './policy/policy-holder.ts'
import { TargetRegistry } from './policy/target-registry.ts'
import { createCredentials } from './provider/credentials.ts'
import { createProviderSender } from './provider/provider-sender.ts'
import { systemClock } from './resilience/clock.ts'
import { TokenEstimator } from './resilience/token-estimate.ts'
import { createAdminServer } from './server/admin-server.ts'
import { createDataServer } from './server/data-server.ts'
import type { AdminServerParts, DataServer, RunningServer } from './server/ports.ts'
import type { AuditSetting, Settings } from './settings.ts'
import { type Audit, createAudit } from './telemetry/audit.ts'
import { createBreakerLog, createLogger, createPolicyLog, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { version } from './version.ts'

export interface SidecarParts {
  readonly logger: Logger
  readonly data: DataServer
  readonly admin: RunningServer
  readonly source: PolicySource
  readonly audit: Audit
  /** Stops outgoing connections and watchers. */
  close(): Promise<void>
}

/** All answers that a pod keeps for its cache steps. */
const cacheBytes = 16 * 1024 * 1024

/** @param environment where `credentials.env` looks for keys. */
export function assembleSidecar(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): SidecarParts {
  const clock = systemClock
  const logger = createLogger(settings.logLevel)
  const cache = createAnswerCache({ maxBytes: cacheBytes, clock })
  const audit = assembleAudit(settings, logger)
  const listeners: ((event: ChainEvent) => void)[] = [audit.listener, createBreakerLog(logger)]
  const emit = (event: ChainEvent) => {
    for (const listener of listeners) listener(event)
  }
  const registry = new TargetRegistry(clock, emit)
  const credentials = createCredentials({
    environment,
    clock,
    onWarning: warning => logger.warn(warning, 'a credential cannot be had'),
  })
  const sender = createProviderSender({ credentials, version })
  const holder = new PolicyHolder({
    registry,
    sender,
    cache,
    clock,
    emit,
    tokens: new TokenEstimator(),
    random: Math.random,
    cacheKeyOf: (policy, route, walk) =>
      cacheKey({
        ...(walk.tenant !== '' && { tenant: walk.tenant }),
        policyNamespace: policy.namespace,
        policyName: policy.name,
        route: route.name,
        format: walk.request.format,
        contentDigest: walk.request.contentDigest(),
      }),
  })
  const newRequestId = requestIds(clock.wallTime)
  const data = createDataServer({
    door: holder,
    settings: { ...settings.listen, maxBodyBytes: settings.maxBodyBytes },
    clock,
    newRequestId,
    onRejected: emit,
    mask: text => maskSecrets(text, credentials.all()),
    logger,
  })
  const metrics = createMetrics({
    sources: {
      inflightRequests: () => data.inFlight(),
      retryBudgets: () => registry.retryBudgets(),
      breakers: () =>
        registry.breakers().map(({ target, breaker }) => ({ target, state: breaker.snapshot().state })),
      cache: () => cache.stats(),
      audit: () => audit.totals(),
    },
    build: { version, revision: environment['LLM_FALLBACK_REVISION'] ?? 'unknown' },
    wallTime: clock.wallTime,
  })
  listeners.push(metrics.listener)
  const admin = assembleAdmin({ settings, holder, metrics, logger })
  const state = keepLastGood(settings.stateDirectory, logger)
  const sink = state.wrap(applyTo(holder, changeListener(metrics, logger, state.save)))
  const source = new PolicyFolder(folderOf(settings), sink, clock)
  return {
    logger,
    data,
    admin,
    source,
    audit,
    close: () => sender.close(),
  }
}

function folderOf(settings: Settings) {
  const { policyDirectory: directory, namespace, podLabels } = settings
  return {
    directory,
    ...(namespace !== undefined && { namespace }),
    ...(podLabels !== undefined && { podLabels }),
  }
}

function assembleAudit(settings: Settings, logger: Logger): Audit {
  return createAudit({
    sink: sinkOf(settings.audit),
    source: {
      namespace: settings.namespace ?? 'default',
      pod: settings.podName,
      ...(settings.podUid !== undefined && { podUid: settings.podUid }),
      version,
    },
    clock: systemClock,
    onTrouble: trouble => logger.error({ ...trouble }, 'audit records cannot be written'),
  })
}

function sinkOf(audit: AuditSetting) {
  return audit.kind === 'file' ? { file: audit.path } : audit.kind
}

function assembleAdmin(parts: {
  settings: Settings
  holder: PolicyHolder
  metrics: Metrics
  logger: Logger
}): RunningServer {
  const adminParts: AdminServerParts = {
    door: parts.holder,
    metrics: () => parts.metrics.render(),
    settings: parts.settings.adminListen,
    clock: systemClock,
    logger: parts.logger,
  }
  return createAdminServer(adminParts)
}

function changeListener(
  metrics: Metrics,
  logger: Logger,
  save: (snapshot: PolicySnapshot) => void,
): ChangeListener {
  const log = createPolicyLog(logger)
  return {
    applied(snapshot, warnings) {
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
