// The admin listener: probes, metrics and two views for people. Nothing secret, nothing that changes anything. Probes come to the
// pod's address, so in a cluster everybody can; what the policy says is for those who may enter the pod.
import type { ServerResponse } from 'node:http'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import { boundPerAddress } from './bound-per-address.ts'
import { describeBug } from './describe-bug.ts'
import { FrontDoor, pathOf } from './front-door.ts'
import { isLoopback } from './is-loopback.ts'
import { defaultLimits } from './limits.ts'
import { closeListener, createListener, type Handle, listen } from './listener.ts'
import type { AdminServerParts, RunningServer } from './ports.ts'
import { answerBytes, type CompleteAnswer } from './send-bytes.ts'

interface Page {
  readonly status: number
  readonly type: string
  readonly text: string
}

const plainText = 'text/plain; charset=utf-8'
/** The content type of Prometheus' text format. */
const metricsText = 'text/plain; version=0.0.4; charset=utf-8'

/** For a kubelet, a collector of metrics and a few people. */
const maxConnections = 256
const mostPerAddress = 32

export function createAdminServer(parts: AdminServerParts): RunningServer {
  const app = createPages(parts)
  return {
    async start() {
      await app.ready()
      return listen(app.server, parts.settings)
    },
    async stop() {
      const end = closeListener(app.server)
      app.server.closeAllConnections()
      await end
      await app.close()
    },
  }
}

function pagesOf({ door, metrics }: AdminServerParts): Readonly<Record<string, () => Page | Promise<Page>>> {
  return {
    '/livez': () => ({ status: 200, type: plainText, text: 'ok\n' }),
    '/readyz': () => {
      const { isReady, text } = door.readiness()
      return { status: isReady ? 200 : 503, type: plainText, text: `${text}\n` }
    },
    '/metrics': async () => ({ status: 200, type: metricsText, text: await metrics() }),
    '/debug/policy': () => jsonPage(door.describePolicy()),
    '/debug/breakers': () => jsonPage(door.describeBreakers()),
  }
}

function jsonPage(value: unknown): Page {
  return { status: 200, type: 'application/json', text: `${JSON.stringify(value, null, 2)}\n` }
}

function createPages(parts: AdminServerParts): FastifyInstance {
  const limits = { ...defaultLimits, maxConnections, ...parts.limits }
  const pages = pagesOf(parts)
  const send: Send = (response, page) => answerPage(response, page, { clock: parts.clock, ...limits })
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    serverFactory: enter => {
      const server = createListener(limits, guard(new FrontDoor(limits), enter, send))
      boundPerAddress(server, mostPerAddress)
      return server
    },
    clientErrorHandler: (_error, socket) => socket.destroy(),
  })
  app.removeAllContentTypeParsers()
  for (const [path, make] of Object.entries(pages)) {
    app.get(path, async (request: FastifyRequest, reply) => {
      const isFar = inPod.has(path) && !isLoopback(request.raw.socket.remoteAddress)
      const page = isFar ? fromAfar : await make()
      reply.hijack()
      send(reply.raw, page)
    })
  }
  app.setNotFoundHandler((request, reply) => {
    reply.hijack()
    const isKnown = Object.hasOwn(pages, pathOf(request.raw.url ?? ''))
    send(reply.raw, isKnown ? wrongMethod : notFound)
  })
  app.setErrorHandler((error, _request, reply) => {
    parts.logger.error({ bug: describeBug(error) }, 'an admin page failed')
    reply.hijack()
    send(reply.raw, { status: 500, type: plainText, text: 'internal error\n' })
  })
  return app
}

/** Asked over the loopback address, as `kubectl port-forward` does. */
const inPod: ReadonlySet<string> = new Set(['/debug/policy', '/debug/breakers'])
const fromAfar: Page = {
  status: 403,
  type: plainText,
  text: 'this page is shown inside the pod only: use kubectl port-forward\n',
}
const wrongMethod: Page = { status: 405, type: plainText, text: 'GET only\n' }
const notFound: Page = { status: 404, type: plainText, text: 'not found\n' }

type Send = (response: ServerResponse, page: Page) => void

/** The same door as on the data listener: this one is reached from outside the pod. */
function guard(door: FrontDoor, enter: Handle, send: Send): Handle {
  return (request, response) => {
    const admission = door.admit(request)
    if (admission.kind === 'admitted') return enter(request, response)
    if (admission.kind === 'ignored') return
    const { status, message } = admission.refusal
    response.shouldKeepAlive = false
    send(response, { status, type: plainText, text: `${message}\n` })
  }
}

function answerPage(
  response: ServerResponse,
  { status, type, text }: Page,
  context: CompleteAnswer['context'],
): void {
  answerBytes(response, {
    status,
    body: Buffer.from(text, 'utf8'),
    headers: { 'content-type': type, 'cache-control': 'no-store' },
    context,
  })
}
