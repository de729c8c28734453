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
  /** Reports of all streams without their kind, in order. */
  readonly verdicts: readonly Readonly<Record<string, unknown>>[]
  readonly healthReports: readonly Readonly<Record<string, unknown>>[]
  /** What the next streams meet; `open` until told otherwise. */
  answerStreams(answer: StreamAnswer): void
  /** Only this token is let in. */
  expectToken(token: string): void
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
  // The body of a stream's request lasts as long as the stream.
  server.requestTimeout = 0
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
  #stream: ServerResponse | undefined

  answerStreams(answer: StreamAnswer): void {
    this.#answer = answer
  }

  expectToken(token: string): void {
    this.#token = token
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
    if (request.method !== 'POST' || request.url !== controlPaths.stream) return answer(response, 404, {})
    this.connects.push({
      token,
      live: headerOf(request, controlHeaders.live),
      protocol: headerOf(request, controlHeaders.protocol),
      version: headerOf(request, controlHeaders.version),
    })
    if (!isExpected) return answer(response, 401, { text: expired })
    this.#open(response)
    this.#readReports(request)
  }

  #open(response: ServerResponse): void {
    const script = this.#answer
    if (script.kind === 'refuse') return answer(response, script.status, script)
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.flushHeaders()
    if (script.kind === 'open') {
      const heartbeatMs = script.heartbeatMs ?? 15_000
      response.write(frameLine({ kind: 'hello', protocol: 1, heartbeatMs }))
    }
    this.#stream = response
  }

  #readReports(request: IncomingMessage): void {
    let rest = ''
    request.setEncoding('utf8')
    request.on('error', () => request.destroy())
    request.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#takeReport(line)
    })
  }

  #takeReport(line: string): void {
    const { kind, ...report } = parseRecord(line) ?? {}
    if (kind === 'verdict') this.verdicts.push(report)
    else if (kind === 'health') this.healthReports.push(report)
  }
}

const expired = JSON.stringify({ reason: 'tokenExpired', message: 'the token has expired' })

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
