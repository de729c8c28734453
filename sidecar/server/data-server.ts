// The data listener: front door, routes, and the way out.
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { dialectOf } from '../dialect/registry.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import { createDesk, type Desk } from './desk.ts'
import { drainExchanges } from './drain.ts'
import type { Exchange } from './exchange.ts'
import { FrontDoor, pathOf } from './front-door.ts'
import { handleCompletion } from './handle-completion.ts'
import { describeModel, describeModels } from './handle-models.ts'
import { closeListener, createListener, type Handle, listen } from './listener.ts'
import { answerParseFailure } from './parse-failures.ts'
import type { DataServer, DataServerParts } from './ports.ts'
import { refuseUnrouted } from './refuse-unrouted.ts'
import { answerBytes, jsonBytes } from './send-bytes.ts'
import { completionPaths, guessFormat, modelPaths } from './surfaces.ts'

export function createDataServer(parts: DataServerParts): DataServer {
  const desk = createDesk(parts)
  const app = createRoutes(desk)
  const { register } = desk
  let isClosing = false
  const closed = async () => {
    const end = closeListener(app.server)
    app.server.closeAllConnections()
    await end
    await app.close()
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
        stopAccepting: () => void closeListener(app.server),
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
function guard(desk: Desk, enter: Handle): Handle {
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
  return dialectOf(guessFormat(pathOf(exchange.request.url ?? ''), name => exchange.request.headers[name]))
}

// ── Routes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function createRoutes(desk: Desk): FastifyInstance {
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    serverFactory: enter => createListener(desk.limits, guard(desk, enter)),
    clientErrorHandler: (error, socket) => refuseUnparsed(desk, error, socket),
    frameworkErrors: (error, request, reply) => refuse(desk, { request, reply, error: badRequest(error) }),
  })
  app.removeAllContentTypeParsers()
  // Bodies are read by this room, after its own checks and into one buffer.
  app.addHttpMethod('POST', { hasBody: false, overrideExisting: true })
  for (const [path, surface] of Object.entries(completionPaths)) {
    app.post(path, (request, reply) => {
      const exchange = takeOver(desk, { request, reply })
      return exchange && handleCompletion(exchange, surface, desk)
    })
  }
  for (const path of modelPaths) {
    app.get(path, (request, reply) => answerModels(desk, { request, reply }))
    app.get<{ Params: { '*': string } }>(`${path}/*`, (request, reply) =>
      answerModels(desk, { request, reply, id: request.params['*'] }),
    )
  }
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
  const exchange = desk.register.open(request.raw, reply.raw)
  if (!desk.isOver()) return exchange
  const error = new RequestRejected(503, 'shutting_down', 'the sidecar is shutting down')
  desk.rejections.reject(exchange, { error, shape: shapeFor(exchange), closes: 'connection' })
  return undefined
}

function answerModels(desk: Desk, call: Call & { readonly id?: string }): void {
  const exchange = takeOver(desk, call)
  if (exchange === undefined) return
  const format = exchange.header('anthropic-version') === undefined ? 'openai-chat' : 'anthropic-messages'
  try {
    const { id } = call
    const body =
      id === undefined ? describeModels(desk.door, format) : describeModel(desk.door, { id, format })
    answerBytes(exchange.response, {
      status: 200,
      body: jsonBytes(body),
      headers: { 'x-llm-fallback-request-id': exchange.id },
      context: desk.context,
    })
  } catch (error) {
    desk.rejections.reject(exchange, { error, shape: dialectOf(format) })
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

function refuseUnparsed(desk: Desk, error: Error, socket: Parameters<typeof answerParseFailure>[1]): void {
  const { clock } = desk.parts
  answerParseFailure(error, socket, {
    register: desk.register,
    shape: dialectOf('openai-chat'),
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
  })
}
