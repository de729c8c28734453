// The admin listener: probes, metrics and two views for people. Nothing secret, nothing that changes anything.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { describeBug } from './describe-bug.ts'
import { FrontDoor, pathOf } from './front-door.ts'
import { defaultLimits } from './limits.ts'
import { closeListener, createListener, type Handle, listen } from './listener.ts'
import type { AdminServerParts, RunningServer } from './ports.ts'
import { answerBytes } from './send-bytes.ts'

interface Page {
  readonly status: number
  readonly type: string
  readonly text: string
}

const plainText = 'text/plain; charset=utf-8'
/** The content type of Prometheus' text format. */
const metricsText = 'text/plain; version=0.0.4; charset=utf-8'

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
  const limits = { ...defaultLimits, ...parts.limits }
  const door = new FrontDoor(limits)
  const pages = pagesOf(parts)
  const send = (response: FastifyReply['raw'], { status, type, text }: Page) => {
    answerBytes(response, {
      status,
      body: Buffer.from(text, 'utf8'),
      headers: { 'content-type': type, 'cache-control': 'no-store' },
      context: { clock: parts.clock, writeStallMs: limits.writeStallMs },
    })
  }
  const guard = (enter: Handle): Handle => {
    return (request, response) => {
      const admission = door.admit(request)
      if (admission.kind === 'admitted') return enter(request, response)
      if (admission.kind === 'ignored') return
      const { refusal } = admission
      response.shouldKeepAlive = false
      send(response, { status: refusal.status, type: plainText, text: `${refusal.message}\n` })
    }
  }
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    serverFactory: enter => createListener(limits, guard(enter)),
    clientErrorHandler: (_error, socket) => socket.destroy(),
  })
  app.removeAllContentTypeParsers()
  for (const [path, make] of Object.entries(pages)) {
    app.get(path, async (_request: FastifyRequest, reply) => {
      const page = await make()
      reply.hijack()
      send(reply.raw, page)
    })
  }
  app.setNotFoundHandler((request, reply) => {
    reply.hijack()
    const isKnown = Object.hasOwn(pages, pathOf(request.raw.url ?? ''))
    const page = {
      status: isKnown ? 405 : 404,
      type: plainText,
      text: isKnown ? 'GET only\n' : 'not found\n',
    }
    send(reply.raw, page)
  })
  app.setErrorHandler((error, _request, reply) => {
    parts.logger.error({ bug: describeBug(error) }, 'an admin page failed')
    reply.hijack()
    send(reply.raw, { status: 500, type: plainText, text: 'internal error\n' })
  })
  return app
}
