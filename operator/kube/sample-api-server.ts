// One collection of objects behind a loopback server that lists, watches and misbehaves as a test tells it to.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ConnectionSource } from './kube-connection.ts'

interface SampleObject {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    resourceVersion: string
  }
  readonly value?: string
  readonly data?: Readonly<Record<string, string>>
}

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

export interface ScriptedAnswer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export class SampleApiServer {
  readonly requests: SeenRequest[] = []
  readonly #server: Server
  readonly #objects = new Map<string, SampleObject>()
  readonly #history: { readonly version: number; readonly line: string }[] = []
  readonly #watches = new Set<ServerResponse>()
  readonly #answers: ScriptedAnswer[] = []
  #version = 100
  #oldestKept = 0

  constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response))
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  get connections(): ConnectionSource {
    const address = this.#server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const connection = { basePath: '', headers: { authorization: 'Bearer sample' }, tls: {}, key: 'sample' }
    return {
      current: async () => ({ ...connection, origin: `http://127.0.0.1:${port}` }),
      forget: () => undefined,
    }
  }

  get lists(): readonly SeenRequest[] {
    return this.requests.filter(one => one.method === 'GET' && !one.query.has('watch'))
  }

  get watches(): readonly SeenRequest[] {
    return this.requests.filter(one => one.query.has('watch'))
  }

  get openWatches(): number {
    return this.#watches.size
  }

  /** Answers for the requests to come, before the collection itself is asked again. */
  answerNext(...answers: readonly ScriptedAnswer[]): void {
    this.#answers.push(...answers)
  }

  /** @param telling `silently`: no watch is ever told. */
  put(name: string, value: string, telling: 'aloud' | 'silently' = 'aloud'): void {
    this.#put(name, { value }, telling)
  }

  putSecret(name: string, values: Readonly<Record<string, string>>): void {
    const entries = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    this.#put(name, { data: Object.fromEntries(entries) }, 'aloud')
  }

  #put(name: string, content: Omit<SampleObject, 'metadata'>, telling: 'aloud' | 'silently'): void {
    this.#version += 1
    const metadata = { name, namespace: 'a', uid: `uid-${name}`, resourceVersion: String(this.#version) }
    const type = this.#objects.has(name) ? 'MODIFIED' : 'ADDED'
    const object = { metadata, ...content }
    this.#objects.set(name, object)
    if (telling === 'aloud') this.#tell(JSON.stringify({ type, object }))
  }

  remove(name: string, telling: 'aloud' | 'silently' = 'aloud'): void {
    const object = this.#objects.get(name)
    if (object === undefined) return
    this.#version += 1
    this.#objects.delete(name)
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) }
    if (telling === 'aloud') this.#tell(JSON.stringify({ type: 'DELETED', object: { ...object, metadata } }))
  }

  bookmark(): void {
    const object = { metadata: { resourceVersion: String(this.#version) } }
    this.writeToWatches(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`)
  }

  /** Watches from before now are answered 410. */
  forgetHistory(): void {
    this.#version += 1
    this.#oldestKept = this.#version
  }

  writeToWatches(text: string): void {
    for (const watch of this.#watches) watch.write(text)
  }

  endWatches(): void {
    for (const watch of this.#watches) watch.end()
  }

  cutWatches(): void {
    for (const watch of this.#watches) watch.destroy()
  }

  #tell(line: string): void {
    this.#history.push({ version: this.#version, line })
    this.writeToWatches(`${line}\n`)
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://sample')
    const { method = 'GET', headers } = request
    this.requests.push({ method, path: url.pathname, query: url.searchParams, headers })
    request.resume()
    const answer = this.#answers.shift()
    if (answer !== undefined) send(response, answer)
    else if (url.searchParams.has('watch')) this.#watch(url.searchParams, response)
    else send(response, { status: 200, body: this.#page(url.searchParams) })
  }

  #page(query: URLSearchParams): unknown {
    const all = [...this.#objects.values()]
    const from = Number(query.get('continue') ?? 0)
    const to = from + Number(query.get('limit') ?? all.length)
    const next = to < all.length ? { continue: String(to) } : {}
    return { metadata: { resourceVersion: String(this.#version), ...next }, items: all.slice(from, to) }
  }

  #watch(query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'))
    if (from < this.#oldestKept) {
      send(response, { status: 410, body: { kind: 'Status', code: 410, reason: 'Expired' } })
      return
    }
    response.writeHead(200).flushHeaders()
    this.#watches.add(response)
    response.once('close', () => this.#watches.delete(response))
    for (const { version, line } of this.#history) if (version > from) response.write(`${line}\n`)
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: ScriptedAnswer): void {
  response.writeHead(status, headers).end(body === undefined ? '' : JSON.stringify(body))
}
