// The data listener: front door, routes, and the way out.
import type { Socket } from 'node:net'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { RequestRejected } from '../dialect/request-rejected.ts'
import { createDesk, type Desk } from './desk.ts'
import { drainExchanges } from './drain.ts'
import type { Exchange } from './exchange.ts'
import { FrontDoor, pathOf } from './front-door.ts'
import { describeModels } from './handle-models.ts'
import { handleRequest } from './handle-request.ts'
import { readHttp2Opening } from './http2-opening.ts'
import { Http2Sessions } from './http2-sessions.ts'
import type { InboundRequest, InboundResponse } from './inbound.ts'
import { closeListener, createListener, listen } from './listener.ts'
import { answerParseFailure, overdue, type ParseFailureParts, refuseTunnel } from './parse-failures.ts'
import type { DataServer, DataServerParts } from './ports.ts'
import { refuseUnrouted } from './refuse-unrouted.ts'
import { answerBytes, jsonBytes } from './send-bytes.ts'
import { type FoundModelList, findModelList, findSurface, guessFormat } from './surfaces.ts'

export function createDataServer(parts: DataServerParts): DataServer {
  const desk = createDesk(parts)
  const sessions = createSessions(desk)
  const app = createRoutes(desk, sessions)
  const { register } = desk
  let isClosing = false
  const closed = async () => {
    const end = closeListener(app.server)
    sessions.destroyAll()
    app.server.closeAllConnections()
    await end
    await app.close()
  }
  const stopAccepting = () => {
    void closeListener(app.server)
    sessions.stopAccepting()
  }
  return {
    async start() {
      await app.ready()
      return listen(app.server, parts.settings)
    },
    stop: closed,
    async drain(withinMs) {
      if (isClosing) return
      isClosing = true
      // The clock's timers do not keep a process alive, and a drain must not be cut short by its own quiet.
      const hold = setInterval(() => undefined, 60_000)
      await drainExchanges({
        withinMs,
        register,
        clock: parts.clock,
        stopAccepting,
        sayFarewell: () => desk.sayFarewell(),
      })
      await closed()
      clearInterval(hold)
    },
    inFlight: () => register.size,
  }
}

// ── Front door ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Nothing is routed before its head has been looked at. */
function guard<Request extends InboundRequest, Response extends InboundResponse>(
  desk: Desk,
  enter: (request: Request, response: Response) => void,
): (request: Request, response: Response) => void {
  const door = new FrontDoor(desk.limits)
  return (request, response) => {
    const admission = door.admit(request)
    if (admission.kind === 'admitted') return enter(request, response)
    if (admission.kind === 'ignored') return
    const { refusal } = admission
    const exchange = desk.register.open(request, response)
    desk.rejections.reject(exchange, {
      error: new RequestRejected(refusal.status, refusal.code, refusal.message),
      shape: shapeFor(exchange),
      closes: 'connection',
    })
  }
}

function shapeFor(exchange: Exchange) {
  return guessFormat(pathOf(exchange.request.url ?? ''), name => exchange.request.headers[name])
}

// ── Routes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** HTTP/2 needs no router between the door and the table of paths. */
function createSessions(desk: Desk): Http2Sessions {
  const { limits, register, rejections } = desk
  const enter = (request: InboundRequest, response: InboundResponse) => {
    const exchange = openExchange(desk, request, response)
    if (exchange === undefined) return
    try {
      void route(desk, exchange)
    } catch (error) {
      rejections.reject(exchange, { error, shape: shapeFor(exchange) })
    }
  }
  return new Http2Sessions({
    limits,
    clock: desk.parts.clock,
    handle: guard(desk, enter),
    onOverdue({ socket }) {
      for (const exchange of register.on(socket)) rejections.cutOff(exchange, overdue, shapeFor(exchange))
    },
  })
}

function createRoutes(desk: Desk, sessions: Http2Sessions): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    serverFactory: enter => {
      const server = createListener(desk.limits, guard(desk, enter))
      server.on('connect', (_request, socket) => refuseTunnel(socket, rawRefusalParts(desk)))
      return server
    },
    clientErrorHandler: (error, socket) => {
      if (!takeHttp2(sessions, error, socket)) answerParseFailure(error, socket, rawRefusalParts(desk))
    },
    frameworkErrors: (error, request, reply) => refuse(desk, { request, reply, error: badRequest(error) }),
  })
  app.removeAllContentTypeParsers()
  // Bodies are read by this room, after its own checks and into one buffer.
  app.addHttpMethod('POST', { hasBody: false, overrideExisting: true })
  // The formats know their paths, some of them with models in the middle: they are looked up in a table of this room.
  app.all('/*', (request, reply) => {
    const exchange = takeOver(desk, { request, reply })
    return exchange && route(desk, exchange)
  })
  app.setNotFoundHandler((request, reply) => {
    const exchange = takeOver(desk, { request, reply })
    if (exchange !== undefined) refuseUnrouted(exchange, desk.rejections)
  })
  app.setErrorHandler((error, request, reply) => refuse(desk, { request, reply, error }))
  return app
}

interface Call {
  readonly request: Pick<FastifyRequest, 'raw'>
  readonly reply: Pick<FastifyReply, 'raw' | 'hijack'>
}

/** From here on the exchange is ours; undefined when the process is past its farewell and the request was refused. */
function takeOver(desk: Desk, { request, reply }: Call): Exchange | undefined {
  reply.hijack()
  return openExchange(desk, request.raw, reply.raw)
}

function openExchange(desk: Desk, request: InboundRequest, response: InboundResponse): Exchange | undefined {
  const exchange = desk.register.open(request, response)
  if (!desk.isOver()) return exchange
  const error = new RequestRejected(503, 'shutting_down', 'the sidecar is shutting down')
  desk.rejections.reject(exchange, { error, shape: shapeFor(exchange), closes: 'connection' })
  return undefined
}

function route(desk: Desk, exchange: Exchange): Promise<void> | void {
  const { method, url = '', headers } = exchange.request
  const path = pathOf(url)
  if (method === 'POST') {
    const found = findSurface(path)
    if (found !== undefined) return handleRequest(exchange, found, desk)
  } else if (method === 'GET') {
    const list = findModelList(path, name => headers[name])
    if (list !== undefined) return answerModels(desk, exchange, list)
  }
  refuseUnrouted(exchange, desk.rejections)
}

function answerModels(desk: Desk, exchange: Exchange, list: FoundModelList): void {
  try {
    answerBytes(exchange.response, {
      status: 200,
      body: jsonBytes(describeModels(desk.door, list)),
      headers: { 'x-llm-fallback-request-id': exchange.id },
      context: desk.context,
    })
  } catch (error) {
    desk.rejections.reject(exchange, { error, shape: list.dialect })
  }
}

// ── Refusals of the machinery ──────────────────────────────────────────────────────────────────────────────────────

function refuse(desk: Desk, call: Call & { readonly error: unknown }): void {
  const exchange = takeOver(desk, call)
  if (exchange === undefined) return
  desk.rejections.reject(exchange, { error: call.error, shape: shapeFor(exchange), closes: 'connection' })
}

/** Fastify's own words may quote the path; only that the target was wrong is told. */
function badRequest(error: Error): RequestRejected {
  const rejected = new RequestRejected(400, 'bad_request', 'the request target is malformed')
  rejected.cause = error
  return rejected
}

/** @returns whether this is no failure: the connection speaks HTTP/2, now or since long. */
function takeHttp2(sessions: Http2Sessions, error: Error, socket: Socket): boolean {
  if (sessions.has(socket)) return true
  const opening = readHttp2Opening(error, socket.bytesRead)
  if (opening === undefined) return false
  sessions.take(socket, opening)
  return true
}

/** For connections whose request cannot be read, or is none for a server. */
function rawRefusalParts(desk: Desk): ParseFailureParts {
  const { clock } = desk.parts
  return {
    register: desk.register,
    shape: guessFormat('', () => undefined),
    newRequestId: () => desk.parts.newRequestId(),
    onRefused: (refusal, requestId) =>
      desk.parts.onRejected({
        kind: 'requestEnded',
        requestId,
        startedAt: clock.wallTime(),
        milliseconds: 0,
        format: 'unknown',
        operation: 'Chat',
        stream: false,
        requestBytes: 0,
        outcome: 'denied',
        status: refusal.status,
        code: refusal.code,
        trail: [],
        attempts: [],
        drops: [],
      }),
  }
}
