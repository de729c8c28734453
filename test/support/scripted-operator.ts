// An operator that says what a test tells it to: a real TLS server that speaks frames, and remembers what sidecars report.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import {
  type ControlFrame,
  controlHeaders,
  controlPaths,
  frameLine,
} from '../../crds/snapshot/control-frames.ts'
import { eventually } from './eventually.ts'
import { makeAuthority, type TestAuthority } from './make-certificates.ts'
import { parseRecord } from './simulated-vendors/json.ts'

export interface ScriptedOperator {
  readonly url: string
  readonly port: number
  readonly authority: TestAuthority
  /** Every request for a stream, refused ones too. */
  readonly connects: readonly StreamRequest[]
  /** Bodies of verdicts and health reports, in order; a report that was answered with an error too. */
  readonly verdicts: readonly Readonly<Record<string, unknown>>[]
  readonly healthReports: readonly Readonly<Record<string, unknown>>[]
  /** What the next streams meet; `open` until told otherwise. */
  answerStreams(answer: StreamAnswer): void
  /** Only this token is let in. */
  expectToken(token: string): void
  /** Status of the next reports; 200 again after `times`. */
  failReports(status: number, times: number): void
  /** Writes to the newest stream, as soon as there is one that has not ended. */
  send(...frames: readonly ControlFrame[]): Promise<void>
  sendBytes(bytes: string | Buffer): Promise<void>
  /** Breaks every connection. */
  cut(): void
  close(): Promise<void>
}

export interface StreamRequest {
  readonly token: string
  readonly live: string | undefined
  readonly protocol: string | undefined
  readonly version: string | undefined
}

export type StreamAnswer =
  /** Says hello first. */
  | { readonly kind: 'open'; readonly heartbeatMs?: number }
  /** Status 200 and not a word. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfter?: string; readonly text?: string }

export interface ScriptedOperatorOptions {
  /** Absent: a free one. */
  readonly port?: number
  /** Absent: a new one. */
  readonly authority?: TestAuthority
}

export async function startScriptedOperator(
  options: ScriptedOperatorOptions = {},
): Promise<ScriptedOperator> {
  const authority = options.authority ?? (await makeAuthority())
  const certificate = await authority.issue('127.0.0.1')
  const desk = new Desk()
  const server = createServer({ ...certificate, minVersion: 'TLSv1.3' }, (request, response) =>
    desk.receive(request, response),
  )
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `https://127.0.0.1:${port}`,
    ...{ port, authority },
    ...{ connects: desk.connects, verdicts: desk.verdicts, healthReports: desk.healthReports },
    answerStreams: answer => desk.answerStreams(answer),
    expectToken: token => desk.expectToken(token),
    failReports: (status, times) => desk.failReports(status, times),
    send: (...frames) => desk.write(frames.map(frameLine).join('')),
    sendBytes: bytes => desk.write(bytes),
    cut: () => server.closeAllConnections(),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

class Desk {
  readonly connects: StreamRequest[] = []
  readonly verdicts: Readonly<Record<string, unknown>>[] = []
  readonly healthReports: Readonly<Record<string, unknown>>[] = []
  #answer: StreamAnswer = { kind: 'open' }
  #token: string | undefined
  #failing = { status: 200, times: 0 }
  #stream: ServerResponse | undefined
  #streams = 0

  answerStreams(answer: StreamAnswer): void {
    this.#answer = answer
  }

  expectToken(token: string): void {
    this.#token = token
  }

  failReports(status: number, times: number): void {
    this.#failing = { status, times }
  }

  async write(bytes: string | Buffer): Promise<void> {
    const stream = await eventually('a sidecar has a stream', () =>
      this.#stream === undefined || this.#stream.destroyed ? undefined : this.#stream,
    )
    stream.write(bytes)
  }

  receive(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => response.destroy())
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const isExpected = this.#token === undefined || token === this.#token
    if (request.method === 'GET' && request.url === controlPaths.stream) {
      this.connects.push({
        token,
        live: headerOf(request, controlHeaders.live),
        protocol: headerOf(request, controlHeaders.protocol),
        version: headerOf(request, controlHeaders.version),
      })
      return isExpected
        ? this.#open(response)
        : answer(response, 401, {
            text: JSON.stringify({ reason: 'tokenExpired', message: 'the token has expired' }),
          })
    }
    if (!isExpected) return answer(response, 401, {})
    void this.#takeReport(request, response)
  }

  #open(response: ServerResponse): void {
    const script = this.#answer
    if (script.kind === 'refuse') return answer(response, script.status, script)
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    this.#streams += 1
    if (script.kind === 'open') {
      const heartbeatMs = script.heartbeatMs ?? 15_000
      response.write(frameLine({ kind: 'hello', protocol: 1, stream: this.#streamName, heartbeatMs }))
    }
    this.#stream = response
  }

  get #streamName(): string {
    return `stream-${this.#streams}`
  }

  async #takeReport(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const report = parseRecord(Buffer.concat(chunks).toString('utf8')) ?? {}
    if (headerOf(request, controlHeaders.stream) !== this.#streamName) return answer(response, 404, {})
    if (request.url === controlPaths.verdict) this.verdicts.push(report)
    else if (request.url === controlPaths.health) this.healthReports.push(report)
    const isFailing = this.#failing.times > 0
    if (isFailing) this.#failing = { ...this.#failing, times: this.#failing.times - 1 }
    answer(response, isFailing ? this.#failing.status : 200, {})
  }
}

function answer(
  response: ServerResponse,
  status: number,
  more: { readonly retryAfter?: string; readonly text?: string },
): void {
  const headers = more.retryAfter === undefined ? {} : { 'retry-after': more.retryAfter }
  response.writeHead(status, headers).end(more.text ?? '')
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
