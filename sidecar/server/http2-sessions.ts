// Connections of HTTP/2, with the same bounds as those of HTTP/1.1 and some that only this protocol needs.
import type { Http2Server, Http2ServerRequest, ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'
import type { Cancel, Clock } from '../resilience/clock.ts'
import { releaseFromParser } from './http2-opening.ts'
import { Http2Response } from './http2-response.ts'
import type { InboundHandle, InboundRequest, InboundResponse } from './inbound.ts'
import type { ServerLimits } from './limits.ts'

export interface Http2Parts {
  readonly limits: ServerLimits
  readonly clock: Clock
  readonly handle: InboundHandle
  /** The body of a request was not complete in time. */
  onOverdue(request: InboundRequest, response: InboundResponse): void
}

/** Of RFC 9113: the peer has not confirmed our settings. */
const settingsTimeout = 4
/** `:method`, `:scheme`, `:authority` and `:path` come on top of the headers. */
const pseudoHeaders = 4

export class Http2Sessions {
  readonly #parts: Http2Parts
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #taken = new WeakSet<Socket>()
  #server: Http2Server | undefined
  #isClosing = false

  constructor(parts: Http2Parts) {
    this.#parts = parts
  }

  /** The parser of HTTP/1.1 goes on measuring the time of a connection that it has lost. */
  has(socket: Socket): boolean {
    return this.#taken.has(socket)
  }

  /** @param opening all that was read from the connection. */
  take(socket: Socket, opening: Buffer): void {
    if (this.#isClosing) {
      socket.destroy()
      return
    }
    this.#taken.add(socket)
    this.#server ??= this.#createServer()
    releaseFromParser(socket)
    socket.unshift(opening)
    this.#server.emit('connection', socket)
  }

  /** Says goodbye on every connection: answers under way are finished, requests from now on are not taken. */
  stopAccepting(): void {
    this.#isClosing = true
    for (const session of this.#sessions) session.close()
  }

  destroyAll(): void {
    this.#isClosing = true
    for (const session of this.#sessions) session.destroy()
  }

  /** Loaded with the first connection that needs it: most pods never see one. */
  #createServer(): Http2Server {
    const { limits } = this.#parts
    const server = process.getBuiltinModule('node:http2').createServer({
      maxHeaderListPairs: limits.maxHeaders + pseudoHeaders,
      streamResetBurst: limits.streamResetBurst,
      streamResetRate: limits.streamResetsPerSecond,
      maxSessionInvalidFrames: limits.maxInvalidFrames,
      maxSessionRejectedStreams: limits.maxInvalidFrames,
      settings: {
        enablePush: false,
        maxConcurrentStreams: limits.maxConcurrentStreams,
        maxHeaderListSize: limits.maxHeadBytes,
      },
    })
    server.on('session', session => this.#watch(session))
    server.on('request', request => this.#serve(request))
    return server
  }

  // ── Connections ──────────────────────────────────────────────────────────────────────────────────────────────────

  #watch(session: ServerHttp2Session): void {
    const { limits } = this.#parts
    let asked = 0
    let underWay = 0
    let cancel = this.#closeLater(session, limits.headTimeoutMs)
    const cancelSettings = this.#expectSettings(session)
    this.#sessions.add(session)
    session.on('stream', stream => {
      cancel()
      asked += 1
      underWay += 1
      if (asked === limits.maxRequestsPerSocket) session.close()
      stream.once('close', () => {
        underWay -= 1
        if (underWay === 0 && !session.closed) cancel = this.#closeLater(session, limits.keepAliveTimeoutMs)
      })
    })
    session.once('close', () => {
      cancel()
      cancelSettings()
      this.#sessions.delete(session)
    })
  }

  /** Frames that ask for nothing, pings above all, do not make it wait longer. */
  #closeLater(session: ServerHttp2Session, milliseconds: number): Cancel {
    return this.#parts.clock.schedule(milliseconds, () => session.close())
  }

  #expectSettings(session: ServerHttp2Session): Cancel {
    return this.#parts.clock.schedule(this.#parts.limits.headTimeoutMs, () => {
      if (session.pendingSettingsAck) session.destroy(undefined, settingsTimeout)
    })
  }

  // ── Requests ─────────────────────────────────────────────────────────────────────────────────────────────────────

  #serve(request: Http2ServerRequest): void {
    const { clock, limits, handle, onOverdue } = this.#parts
    const response = new Http2Response(request.stream)
    const cancel = clock.schedule(limits.requestTimeoutMs, () => {
      if (!request.complete) onOverdue(request, response)
    })
    request.once('end', cancel)
    response.once('close', cancel)
    handle(request, response)
  }
}
