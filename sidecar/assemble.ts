// Joins the rooms of the sidecar. Decides nothing: every choice is a setting or a resource.
import { type AnswerCache, createAnswerCache } from './cache/answer-cache.ts'
import { cacheKey } from './cache/cache-key.ts'
import type { ChainListener } from './chain/events.ts'
import { applyTo } from './control/apply-snapshot.ts'
import { connectTo } from './control/operator-connection.ts'
import { OperatorContact } from './control/operator-contact.ts'
import { OperatorStream } from './control/operator-stream.ts'
import { PolicyFolder } from './control/policy-folder.ts'
import type { PolicySource } from './control/policy-source.ts'
import { keepLastGood } from './control/state-file.ts'
import { maskSecrets } from './failure/mask-secrets.ts'
import { PolicyHolder } from './policy/policy-holder.ts'
import { TargetRegistry } from './policy/target-registry.ts'
import { type Credentials, createCredentials } from './provider/credentials.ts'
import { createProviderSender, type ProviderSender } from './provider/provider-sender.ts'
import { PushedSecrets } from './provider/pushed-secrets.ts'
import { systemClock } from './resilience/clock.ts'
import { TokenEstimator } from './resilience/token-estimate.ts'
import { createAdminServer } from './server/admin-server.ts'
import { createDataServer } from './server/data-server.ts'
import type { DataServer, RunningServer } from './server/ports.ts'
import { requestIds } from './server/request-ids.ts'
import type { Environment, PolicySourceSetting, Settings } from './settings.ts'
import { type Audit, createAudit, createAuditLog } from './telemetry/audit.ts'
import { createEventStream, type EventStream } from './telemetry/event-stream.ts'
import { createBreakerLog, createLogger, createStreamLog, type Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import { version } from './telemetry/version.ts'
import { tellOfChanges } from './tell-of-changes.ts'

export interface SidecarParts {
  readonly logger: Logger
  readonly data: DataServer
  readonly admin: RunningServer
  readonly source: PolicySource
  /** Writes down what is still to be told. */
  closeTelemetry(): Promise<void>
  /** Ends outgoing connections. */
  close(): Promise<void>
}

/** All answers that a pod keeps for its cache steps. */
const cacheBytes = 16 * 1024 * 1024
const clock = systemClock

/** @param environment where `credentials.env` looks for keys. */
export function assembleSidecar(settings: Settings, environment: Environment): SidecarParts {
  const logger = createLogger(settings.logLevel)
  const audit = assembleAudit(settings, logger)
  const events = assembleEvents(audit, logger)
  const pushed = new PushedSecrets(clock)
  const policyFrom = settings.policySource.kind
  const credentials = assembleCredentials({ environment, logger, pushed, policyFrom })
  const sender = createProviderSender({ credentials, version })
  const registry = new TargetRegistry(clock, events.emit)
  const cache = createAnswerCache({ maxBytes: cacheBytes, clock })
  const contact = new OperatorContact(clock)
  const isPushed = policyFrom === 'operator'
  const describeSource = isPushed && { describeSource: () => contact.describe() }
  const holder = assembleHolder({ registry, sender, cache, emit: events.emit, ...describeSource })
  const data = createDataServer({
    door: holder,
    settings: { ...settings.listen, maxBodyBytes: settings.maxBodyBytes },
    clock,
    newRequestId: requestIds(clock.wallTime),
    onRejected: events.emit,
    mask: text => maskSecrets(text, credentials.all()),
    logger,
  })
  const metrics = assembleMetrics({ data, registry, cache, audit, ...(isPushed && { contact }) })
  events.addListener(metrics.listener)
  const admin = createAdminServer({
    door: holder,
    metrics() {
      events.flush()
      return metrics.render()
    },
    settings: settings.adminListen,
    clock,
    logger,
  })
  const source = assembleSource({ settings, logger, holder, events, metrics, registry, pushed, contact })
  const closeTelemetry = () => {
    events.flush()
    return audit.close()
  }
  return { logger, data, admin, source, closeTelemetry, close: () => sender.close() }
}

interface SourceParts {
  readonly settings: Settings
  readonly logger: Logger
  readonly holder: PolicyHolder
  readonly events: EventStream
  readonly metrics: Metrics
  readonly registry: TargetRegistry
  readonly pushed: PushedSecrets
  readonly contact: OperatorContact
}

function assembleSource(parts: SourceParts): PolicySource {
  const { settings, logger, holder, events, metrics, registry, pushed, contact } = parts
  const lastGood = keepLastGood(settings.stateDirectory, logger)
  const { policySource } = settings
  if (policySource.kind === 'folder') {
    const listener = tellOfChanges({ events, metrics, logger, save: snapshot => lastGood.save(snapshot) })
    return new PolicyFolder(folderOf(settings, policySource), lastGood.wrap(applyTo(holder, listener)), clock)
  }
  return new OperatorStream({
    clock,
    random: Math.random,
    connect: connectTo(policySource, version),
    // The stream keeps a snapshot itself, in the form in which it came.
    sink: applyTo(holder, tellOfChanges({ events, metrics, logger, save: () => undefined })),
    lastGood,
    live: () => holder.digest,
    takeSecrets: secrets => registry.keysChanged(pushed.replace(secrets)),
    expectSecrets: withinMs => pushed.expect(withinMs),
    health: () => registry.health(),
    contact,
    listener: createStreamLog(logger),
  })
}

type FolderSetting = Extract<PolicySourceSetting, { kind: 'folder' }>

function assembleHolder(parts: {
  registry: TargetRegistry
  sender: ProviderSender
  cache: AnswerCache
  emit: ChainListener
  describeSource?: () => string
}): PolicyHolder {
  return new PolicyHolder({
    ...parts,
    clock,
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
}

function assembleCredentials(parts: {
  environment: Environment
  logger: Logger
  pushed: PushedSecrets
  policyFrom: Settings['policySource']['kind']
}): Credentials {
  const { logger, ...rest } = parts
  return createCredentials({
    ...rest,
    clock,
    onWarning: warning => logger.warn({ ...warning }, 'a credential cannot be had'),
  })
}

function assembleAudit(settings: Settings, logger: Logger): Audit {
  const { audit, namespace, podName, podUid } = settings
  return createAudit({
    sink: audit.kind === 'file' ? { file: audit.path } : audit.kind,
    source: {
      namespace: namespace ?? 'default',
      pod: podName,
      ...(podUid !== undefined && { podUid }),
      version,
    },
    clock,
    onTrouble: createAuditLog(logger),
  })
}

function assembleEvents(audit: Audit, logger: Logger): EventStream {
  const events = createEventStream({
    clock,
    onTrouble: error => logger.error({ error }, 'telemetry has lost an event to a bug'),
  })
  events.addListener(audit.listener)
  events.addListener(createBreakerLog(logger))
  return events
}

function assembleMetrics(parts: {
  data: DataServer
  registry: TargetRegistry
  cache: AnswerCache
  audit: Audit
  contact?: OperatorContact
}): Metrics {
  const { data, registry, cache, audit, contact } = parts
  return createMetrics({
    sources: {
      inflightRequests: () => data.inFlight(),
      retryBudgets: () => registry.retryBudgets(),
      breakers: () =>
        registry.breakers().map(({ target, breaker }) => ({ target, state: breaker.snapshot().state })),
      cache: () => cache.stats(),
      audit: () => audit.totals(),
      ...(contact && { operator: () => contact.figures() }),
    },
    build: { version, revision: 'unknown' },
    wallTime: clock.wallTime,
  })
}

function folderOf({ namespace, podLabels }: Settings, { directory }: FolderSetting) {
  return {
    directory,
    ...(namespace !== undefined && { namespace }),
    ...(podLabels !== undefined && { podLabels }),
  }
}
