// The part that every simulated vendor shares: a loopback server whose faults can be switched while it runs.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './faults.ts'

export interface VendorOptions {
  /** 0 or absent: any free port. */
  readonly port?: number
  /** Address to listen on; absent: loopback alone. */
  readonly host?: string
  /** The key that callers must send. */
  readonly apiKey: string
  /** Pause before each word of a stream; absent: none. */
  readonly wordDelayMs?: number
  /** The wait that a rate limit asks for; absent: 20. */
  readonly retryAfterSeconds?: number
}

export interface SimulatedVendor {
  /** The base URL that the vendor's own SDK takes. */
  readonly baseUrl: string
  readonly port: number
  /** From now on every request meets this fault; with a model, only requests for that one do. */
  breakWith(fault: Fault, model?: string): Promise<void>
  heal(): Promise<void>
  /** From now on these keys are good, and no other. */
  acceptKeys(keys: readonly string[]): void
  /** What was asked since the start, oldest first. */
  readonly asked: readonly AskedRequest[]
  close(): Promise<void>
}

export interface AskedRequest {
  readonly path: string
  readonly model: string
  readonly stream: boolean
  /** The fault that it met. */
  readonly fault: Fault
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What a vendor sees of one request. */
export interface VendorCall {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly response: ServerResponse
  readonly options: VendorOptions
  /** Whether the caller may come in with this key. */
  accepts(key: string): boolean
  /** Says for which model this is and learns which fault it meets. */
  meet(model: string, stream: boolean): Fault
  /** A running number, for ids. */
  readonly number: number
}

export type VendorHandler = (call: VendorCall) => Promise<void>

/** @param pathOfBaseUrl what the vendor's SDK expects after the host, e.g. `/v1`. */
export async function startVendor(
  options: VendorOptions,
  pathOfBaseUrl: string,
  handle: VendorHandler,
): Promise<SimulatedVendor> {
  const state: VendorState = { broken: { fault: 'healthy' }, keys: [options.apiKey], asked: [] }
  const listener = createListener(options, state, handle)
  const { host = '127.0.0.1' } = options
  let server = await listen(listener, { host, port: options.port ?? 0 })
  const port = portOf(server)
  const ensureUp = async () => {
    if (!server.listening) server = await listen(listener, { host, port })
  }
  return {
    baseUrl: `http://127.0.0.1:${port}${pathOfBaseUrl}`,
    port,
    asked: state.asked,
    async breakWith(fault, model) {
      state.broken = model === undefined ? { fault } : { fault, model }
      if (fault === 'down') await stop(server)
      else await ensureUp()
    },
    async heal() {
      state.broken = { fault: 'healthy' }
      await ensureUp()
    },
    acceptKeys(keys) {
      state.keys = keys
    },
    close: () => stop(server),
  }
}

interface VendorState {
  keys: readonly string[]
  broken: { readonly fault: Fault; readonly model?: string }
  readonly asked: AskedRequest[]
}

function createListener(options: VendorOptions, state: VendorState, handle: VendorHandler): Listener {
  const faultOf = (model: string): Fault =>
    state.broken.model === undefined || state.broken.model === model ? state.broken.fault : 'healthy'
  return async (request, response) => {
    response.on('error', () => response.destroy())
    const body = await readBody(request)
    const path = new URL(request.url ?? '/', 'http://vendor').pathname
    const headers = flattenHeaders(request)
    const number = state.asked.length + 1
    const meet = (model: string, stream: boolean): Fault => {
      const fault = faultOf(model)
      state.asked.push({ path, model, stream, fault, body, headers })
      return fault
    }
    const method = request.method ?? ''
    const accepts = (key: string) => state.keys.includes(key)
    await handle({ method, path, headers, body, response, options, accepts, meet, number })
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function listen(listener: Listener, at: { host: string; port: number }): Promise<Server> {
  const server = createServer((request, response) => {
    listener(request, response).catch(() => response.destroy())
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, () => resolve(server))
  })
}

function stop(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve()
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function flattenHeaders(request: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

/** The key of an `authorization: Bearer` header; empty: none. */
export function bearerOf(call: VendorCall): string {
  return /^Bearer (.+)$/.exec(call.headers['authorization'] ?? '')?.[1] ?? ''
}

/** The next word of a stream is due: waits the human pace; false when the caller has gone. */
export async function waitForWord(call: VendorCall): Promise<boolean> {
  const delayMs = call.options.wordDelayMs ?? 0
  if (delayMs > 0) await sleep(delayMs)
  return !call.response.destroyed
}

export function sendJson(
  call: VendorCall,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  call.response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  })
  call.response.end(text)
}

/** A whole answer whose connection breaks before the promised length has come. */
export function sendCutJson(call: VendorCall, body: unknown, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body)
  call.response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  })
  cutAfter(call, text.slice(0, Math.floor(text.length / 2)))
}

/** Writes the last bytes that will come and breaks the connection once they have left. */
export function cutAfter(call: VendorCall, text: string): void {
  call.response.write(text, () => call.response.destroy())
}
