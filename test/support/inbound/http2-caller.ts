// A client of HTTP/2 without TLS, as far as tests want to look: what came, and how it ended.
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { connect as connectSocket, type Socket } from 'node:net'
import { eventually } from '../eventually.ts'
import { type TestServer, withServer } from './data-server-kit.ts'

export interface Http2Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** Error code of the stream's end; 0 is a good one. */
  readonly code: number
}

/** Runs a test against a listening server with one connection to it. */
export async function withCaller(
  overrides: Parameters<typeof withServer>[0],
  run: (test: TestServer, caller: Http2Caller) => Promise<void>,
): Promise<void> {
  await withServer(overrides, async server => {
    const caller = new Http2Caller(`http://127.0.0.1:${server.port}`)
    try {
      await run(server, caller)
    } finally {
      caller.leave()
    }
  })
}

/** A connection for frames by hand. */
export async function withSocket(
  overrides: Parameters<typeof withServer>[0],
  run: (test: TestServer, socket: Socket) => Promise<void>,
): Promise<void> {
  await withServer(overrides, async server => {
    const socket = connectSocket(server.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    try {
      await run(server, socket)
    } finally {
      socket.destroy()
    }
  })
}

/** Resolves once the head of the only request has come. */
export const requestIsRead = ({ server }: TestServer) =>
  eventually('the request is read', () => (server.inFlight() === 1 ? true : undefined))

export class Http2Caller {
  readonly session: ClientHttp2Session
  #goaway: number | undefined

  /** @param url of the server, without a path. */
  constructor(url: string) {
    this.session = connect(url)
    this.session.on('error', () => undefined)
    this.session.on('goaway', code => {
      this.#goaway = code
    })
  }

  /** Code of the goodbye that was received. */
  get goaway(): number | undefined {
    return this.#goaway
  }

  post(path: string, body: string | Buffer, headers: OutgoingHttpHeaders = {}): Http2Exchange {
    const asked = this.open(path, headers)
    asked.stream.end(body)
    return asked
  }

  /** A request whose body is the test's affair. */
  open(path: string, headers: OutgoingHttpHeaders = {}): Http2Exchange {
    const all = { ':method': 'POST', ':path': path, 'content-type': 'application/json', ...headers }
    return new Http2Exchange(this.session.request(all, { endStream: false }))
  }

  get(path: string, headers: OutgoingHttpHeaders = {}): Http2Exchange {
    return new Http2Exchange(this.session.request({ ':path': path, ...headers }))
  }

  closed(): Promise<void> {
    return new Promise(resolve => {
      if (this.session.destroyed) resolve()
      else this.session.once('close', () => resolve())
    })
  }

  leave(): void {
    this.session.destroy()
  }
}

export class Http2Exchange {
  readonly stream: ClientHttp2Stream
  /** All that came of the body. */
  readonly answer: Promise<Http2Answer>
  #text = ''

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream
    let headers: Readonly<Record<string, unknown>> = {}
    stream.on('response', received => {
      headers = { ...received }
    })
    stream.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text
    })
    stream.on('error', () => undefined)
    this.answer = new Promise(resolve => {
      stream.once('close', () => {
        const status = Number(headers[':status'] ?? 0)
        resolve({ status, headers, text: this.#text, code: stream.rstCode ?? 0 })
      })
    })
  }

  async sees(text: string): Promise<void> {
    await eventually(`the text ${text} comes`, () => (this.#text.includes(text) ? true : undefined))
  }
}
