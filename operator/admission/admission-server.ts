// The listener that the API server asks. It answers from memory: no call leaves it.
import type { Server } from 'node:https'
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify'
import { resourceKinds } from '../../crds/resources/parse-resource.ts'
import type { Cancel, Clock } from '../reconcile/ports.ts'
import { shareConnections } from '../share-connections.ts'
import type { AdmissionEvent, ReportAdmissionEvent } from './admission-events.ts'
import {
  type AdmissionRequest,
  type AdmissionVerdict,
  readAdmissionReview,
  writeAdmissionReview,
} from './admission-review.ts'
import { type AdmissionSources, type ClusterView, createClusterView } from './cluster-view.ts'
import { injectPath } from './mutating-webhook-configuration.ts'
import { reviewAdmission } from './review-admission.ts'
import { type InjectionSources, reviewPod } from './review-pod.ts'
import { validatePath } from './webhook-configuration.ts'

/** PEM, PEM. */
export interface ServingCertificate {
  current(): { readonly cert: string; readonly key: string }
  onChange(listener: () => void): Cancel
}

export interface AdmissionServerParts {
  readonly sources: AdmissionSources
  readonly injection: InjectionSources
  readonly certificate: ServingCertificate
  readonly clock: Pick<Clock, 'now'>
  readonly report: ReportAdmissionEvent
}

export interface AdmissionServer {
  /** Resolves with the port once it listens. @throws the listen error, e.g. EADDRINUSE. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>
  /** Lets questions that are being answered end. */
  close(): Promise<void>
  /** Whether every question can be answered: the caches are filled. */
  isReady(): boolean
}

/** What the API server itself takes from its clients. */
const longestReview = 3 * 1024 * 1024

/** Of all 512. API servers are few, and each asks over as many connections as it has questions at a time. */
const mostPerAddress = 256

/** fastify sets its own over those of the server, and its own mean "for ever". */
const timeouts = { requestTimeout: 10_000, keepAliveTimeout: 90_000, connectionTimeout: 120_000 }
const serverLimits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  handshakeTimeout: 5_000,
}

/** @throws Error when there is no certificate yet. */
export function createAdmissionServer(parts: AdmissionServerParts): AdmissionServer {
  const { certificate, report } = parts
  const cluster = createClusterView(parts.sources)
  const app = createApp(parts, cluster)
  const cancel = followCertificate(app.server, certificate, report)
  return {
    async listen(address) {
      await app.listen(address)
      const bound = app.server.address()
      return typeof bound === 'object' && bound !== null ? bound.port : address.port
    },
    async close() {
      cancel()
      // Idle connections of the API server would hold it open.
      const closed = app.close()
      app.server.closeIdleConnections()
      await closed
    },
    isReady: () => cluster.hasSynced(),
  }
}

type App = FastifyInstance<Server>

function createApp(parts: AdmissionServerParts, cluster: ClusterView): App {
  const app = fastify({
    https: { ...parts.certificate.current(), minVersion: 'TLSv1.2', ...serverLimits },
    ...timeouts,
    bodyLimit: longestReview,
    forceCloseConnections: 'idle',
    logger: false,
  })
  app.server.maxConnections = 512
  shareConnections(app.server, mostPerAddress)
  app.removeAllContentTypeParsers()
  // Names of labels and annotations are somebody else's: `__proto__` is one like any other, and nothing is merged here.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)))
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }))
    }
  })
  app.post(validatePath, ({ body }, reply) => answer(body, reply, { parts, judge: judgeResource(cluster) }))
  app.post(injectPath, ({ body }, reply) => answer(body, reply, { parts, judge: judgePod(parts.injection) }))
  app.setNotFoundHandler((_request, reply) => {
    void reply.code(404).send({ message: `there is nothing here but POST ${validatePath} and ${injectPath}` })
  })
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    if (status < 500) {
      const problem = error instanceof Error ? error.message : 'a request that cannot be read'
      parts.report({ kind: 'malformedReview', problem })
      return reply.code(status).send({ message: problem })
    }
    parts.report({ kind: 'reviewFailed', error })
    return reply.code(500).send({ message: 'the operator could not answer: its log says why' })
  })
  return app
}

/** The verdict, and how it is told. */
type Judge = (request: AdmissionRequest) => {
  readonly verdict: AdmissionVerdict
  tell(durationMs: number): AdmissionEvent
}

function answer(
  body: unknown,
  reply: FastifyReply,
  { parts, judge }: { readonly parts: AdmissionServerParts; readonly judge: Judge },
): FastifyReply {
  const startedAt = parts.clock.now()
  const reading = readAdmissionReview(body)
  if (reading.kind === 'malformed') {
    parts.report({ kind: 'malformedReview', problem: reading.problem })
    return reply.code(400).send({ message: reading.problem })
  }
  const { verdict, tell } = judge(reading.request)
  parts.report(tell(parts.clock.now() - startedAt))
  return reply.send(writeAdmissionReview(reading.request, verdict))
}

function judgeResource(cluster: ClusterView): Judge {
  return request => {
    const verdict = reviewAdmission(request, cluster)
    const resource = nameKind(request)
    const outcome = outcomeOf(verdict)
    return { verdict, tell: durationMs => ({ kind: 'reviewed', resource, outcome, durationMs }) }
  }
}

function judgePod(sources: InjectionSources): Judge {
  return request => {
    const { verdict, decision } = reviewPod(request, sources)
    return { verdict, tell: durationMs => ({ kind: 'podReviewed', decision, durationMs }) }
  }
}

/** From a closed list, since it becomes a label. */
function nameKind({ kind }: AdmissionRequest): string {
  return resourceKinds.find(known => known === kind) ?? 'other'
}

function outcomeOf(verdict: AdmissionVerdict): 'allowed' | 'warned' | 'refused' | 'unavailable' {
  if (verdict.kind === 'allowed') return verdict.warnings.length === 0 ? 'allowed' : 'warned'
  return verdict.reason === 'Invalid' ? 'refused' : 'unavailable'
}

/** Of errors that fastify or the parser raised about the request; everything else is ours. */
function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500
  return typeof error.statusCode === 'number' ? error.statusCode : 500
}

/** Connections that are open go on with the certificate that they began with. */
function followCertificate(
  server: Server,
  certificate: ServingCertificate,
  report: ReportAdmissionEvent,
): Cancel {
  return certificate.onChange(() => {
    try {
      server.setSecureContext({ ...certificate.current(), minVersion: 'TLSv1.2' })
      report({ kind: 'certificateSwapped' })
    } catch (error) {
      report({ kind: 'certificateUnusable', error })
    }
  })
}
