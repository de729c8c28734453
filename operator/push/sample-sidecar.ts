// For tests: the other end of a stream, over real TLS, as tame or as wild as a test wants it.
import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ControlFrame, controlHeaders, controlPaths } from '../../crds/snapshot/control-frames.ts'

/** Where the server listens and whom to trust. */
export interface SampleTarget {
  readonly port: number
  readonly ca: string
  readonly servername: string
}

export interface SampleAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const patienceMs = 5_000

export class SampleStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly frames: ControlFrame[] = []
  /** What a refusal says. */
  body = ''
  isClosed = false
  readonly #message: IncomingMessage
  /** What has come of the line that is not complete. */
  #rest: string[] = []

  constructor(message: IncomingMessage) {
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

  /** Name of the stream; empty before the hello. */
  get stream(): string {
    const [hello] = this.frames
    return hello?.kind === 'hello' ? hello.stream : ''
  }

  kinds(): readonly string[] {
    return this.frames.map(frame => frame.kind)
  }

  snapshots(): readonly string[] {
    return this.frames.flatMap(frame => (frame.kind === 'snapshot' ? [frame.snapshot.digest] : []))
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
    agent: false,
    headers: {
      [controlHeaders.protocol]: '1',
      [controlHeaders.version]: '0.1.0',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
  request.end()
  const [message] = await once(request, 'response')
  request.on('error', () => undefined)
  const stream = new SampleStream(message)
  if (stream.status === 200) await stream.until('hello', () => stream.stream !== '')
  else await stream.until('the end of the refusal', () => stream.isClosed)
  return stream
}

export interface SampleReport {
  readonly path: string
  readonly token: string
  readonly stream: string
  /** Sent as it is when it is a string. */
  readonly body: unknown
}

export async function sendReport(target: SampleTarget, report: SampleReport): Promise<SampleAnswer> {
  const request = httpsRequest({
    ...target,
    host: '127.0.0.1',
    path: report.path,
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${report.token}`,
      [controlHeaders.stream]: report.stream,
      'content-type': 'application/json',
    },
  })
  request.end(typeof report.body === 'string' ? report.body : JSON.stringify(report.body))
  const [message] = await once(request, 'response')
  request.on('error', () => undefined)
  let body = ''
  for await (const chunk of message) body += chunk
  return { status: message.statusCode, headers: message.headers, body }
}
