// For tests: the other end of a stream, over real TLS, as tame or as wild as a test wants it.
import { once } from 'node:events'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { type ControlFrame, controlHeaders, controlPaths } from '../../crds/snapshot/control-frames.ts'
import { sampleToken } from './sample-cluster.ts'

/** Where the server listens and whom to trust. */
export interface SampleTarget {
  readonly port: number
  readonly ca: string
  readonly servername: string
}

const patienceMs = 5_000

export class SampleStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly frames: ControlFrame[] = []
  /** What a refusal says. */
  body = ''
  isClosed = false
  readonly #request: ClientRequest
  readonly #message: IncomingMessage
  /** What has come of the line that is not complete. */
  #rest: string[] = []

  constructor(request: ClientRequest, message: IncomingMessage) {
    this.#request = request
    this.status = message.statusCode ?? 0
    this.headers = message.headers
    this.#message = message
    message.setEncoding('utf8')
    message.on('data', (text: string) => this.#read(text))
    message.on('error', () => undefined)
    message.on('close', () => {
      this.isClosed = true
    })
  }

  kinds(): readonly string[] {
    return this.frames.map(frame => frame.kind)
  }

  snapshots(): readonly string[] {
    return this.frames.flatMap(frame => (frame.kind === 'snapshot' ? [frame.snapshot.digest] : []))
  }

  /** Versions of the keys in each credentials frame. */
  keys(): readonly (readonly string[])[] {
    return this.frames.flatMap(frame =>
      frame.kind === 'credentials' ? [frame.secrets.map(({ version }) => version)] : [],
    )
  }

  farewell(): string | undefined {
    const last = this.frames.at(-1)
    return last?.kind === 'farewell' ? last.reason : undefined
  }

  /** Takes nothing any more until `resume`. */
  pause(): void {
    this.#message.pause()
  }

  resume(): void {
    this.#message.resume()
  }

  /** Sends one line up, text as it is. */
  say(report: unknown): void {
    this.#request.write(typeof report === 'string' ? `${report}\n` : `${JSON.stringify(report)}\n`)
  }

  /** Has nothing more to say. */
  endReports(): void {
    this.#request.end()
  }

  hangUp(): void {
    this.#message.destroy()
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const givesUpAt = performance.now() + patienceMs
    while (!holds()) {
      if (performance.now() > givesUpAt) throw new Error(`waited in vain: ${what}; got ${this.kinds()}`)
      await sleep(5)
    }
  }

  #read(text: string): void {
    if (this.status !== 200) {
      this.body += text
      return
    }
    const [first = '', ...others] = text.split('\n')
    this.#rest.push(first)
    for (const other of others) {
      this.frames.push(JSON.parse(this.#rest.join('')))
      this.#rest = [other]
    }
  }
}

/** Opens a stream as the pod of `token-of-<pod>`; resolves at the head of the answer, whatever it is. */
export async function openStream(
  target: SampleTarget,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<SampleStream> {
  const request = httpsRequest({
    ...target,
    host: '127.0.0.1',
    path: controlPaths.stream,
    method: 'POST',
    agent: false,
    headers: {
      'transfer-encoding': 'chunked',
      [controlHeaders.protocol]: '1',
      [controlHeaders.version]: '0.1.0',
      ...(token === undefined ? {} : { authorization: `Bearer ${sampleToken(token)}` }),
      ...headers,
    },
  })
  // The head alone: reports follow for as long as the stream lives.
  request.flushHeaders()
  const [message] = await once(request, 'response')
  request.on('error', () => undefined)
  const stream = new SampleStream(request, message)
  if (stream.status === 200) await stream.until('hello', () => stream.frames.length > 0)
  else await stream.until('the end of the refusal', () => stream.isClosed)
  return stream
}

/** All that comes for these bytes until the server closes. */
export async function answerTo(target: SampleTarget, bytes: string): Promise<string> {
  const socket = connect({ ...target, host: '127.0.0.1' })
  socket.write(bytes)
  return text(socket)
}
