// Callers in a process of their own: raw sockets with one request at a time each, answers read only as far as needed
// to know where they end.
import { createConnection, type Socket } from 'node:net'
import type { LoadOrder, LoadResult } from './orders.ts'

process.on('message', (order: LoadOrder) => {
  void applyLoad(order).then(result => process.send?.(result))
})
process.on('disconnect', () => process.exit(0))

async function applyLoad(order: LoadOrder): Promise<LoadResult> {
  const run = new Run(order)
  const startedAt = performance.now()
  await run.finish()
  return run.result(performance.now() - startedAt)
}

class Run {
  readonly #order: LoadOrder
  readonly #bytes: Buffer
  readonly #latencies: number[] = []
  readonly #idle: Caller[] = []
  readonly #callers: Caller[]
  #started = 0
  #errors = 0
  #isOver = false

  constructor(order: LoadOrder) {
    this.#order = order
    const head = [
      `POST ${order.path} HTTP/1.1`,
      'host: 127.0.0.1',
      'authorization: Bearer placeholder',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(order.body)}`,
    ]
    this.#bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${order.body}`)
    this.#callers = Array.from({ length: order.connections }, () => new Caller(order.port))
  }

  async finish(): Promise<void> {
    const { rate, durationMs } = this.#order
    const ends = setTimeout(() => {
      this.#isOver = true
    }, durationMs)
    if (rate === undefined) await Promise.all(this.#callers.map(caller => this.#callInTurn(caller)))
    else await this.#callAtRate(rate)
    clearTimeout(ends)
    for (const caller of this.#callers) caller.close()
  }

  result(elapsedMs: number): LoadResult {
    const sorted = this.#latencies.sort((one, other) => one - other)
    const quantile = (part: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
    return {
      requests: sorted.length,
      errors: this.#errors,
      elapsedMs,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
    }
  }

  #mayStart(): boolean {
    return !this.#isOver && this.#started < (this.#order.requests ?? Number.POSITIVE_INFINITY)
  }

  async #callInTurn(caller: Caller): Promise<void> {
    while (this.#mayStart()) await this.#callOnce(caller)
  }

  /** Starts what is due every few milliseconds; latency counts from the moment a call was due. */
  async #callAtRate(rate: number): Promise<void> {
    this.#idle.push(...this.#callers)
    const startedAt = performance.now()
    const pending = new Set<Promise<void>>()
    while (this.#mayStart()) {
      const due = Math.floor(((performance.now() - startedAt) * rate) / 1000)
      while (this.#started < due && this.#idle.length > 0 && this.#mayStart()) {
        const caller = this.#idle.pop()
        if (caller === undefined) break
        const call = this.#callOnce(caller).finally(() => {
          pending.delete(call)
          this.#idle.push(caller)
        })
        pending.add(call)
      }
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    await Promise.all(pending)
  }

  async #callOnce(caller: Caller): Promise<void> {
    this.#started += 1
    const startedAt = performance.now()
    const isGood = await caller.call(this.#bytes)
    if (isGood) this.#latencies.push(performance.now() - startedAt)
    else this.#errors += 1
  }
}

/** One keep-alive connection. */
class Caller {
  readonly #port: number
  #socket: Socket | undefined
  #settle: ((isGood: boolean) => void) | undefined
  #status = ''
  /** Bytes of a body of known length that are still missing; -1: chunked or still in the head. */
  #missing = -1
  #isInBody = false
  #tail = ''

  constructor(port: number) {
    this.#port = port
  }

  call(bytes: Buffer): Promise<boolean> {
    return new Promise(resolve => {
      this.#settle = resolve
      this.#isInBody = false
      this.#tail = ''
      const socket = this.#socket ?? this.#connect()
      socket.write(bytes)
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  #connect(): Socket {
    const socket = createConnection({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.on('data', chunk => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#socket = undefined
      this.#done(false)
    })
    this.#socket = socket
    return socket
  }

  #read(chunk: Buffer): void {
    let body = chunk
    if (!this.#isInBody) {
      const text = this.#tail + chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      this.#tail = text
      if (end === -1) return
      this.#isInBody = true
      this.#status = text.slice(9, 12)
      const length = /content-length: *(\d+)/i.exec(text.slice(0, end))?.[1]
      this.#missing = length === undefined ? -1 : Number(length)
      body = Buffer.from(text.slice(end + 4), 'latin1')
      this.#tail = ''
    }
    if (this.#missing >= 0) {
      this.#missing -= body.length
      if (this.#missing <= 0) this.#done(this.#status === '200')
      return
    }
    this.#tail = (this.#tail + body.toString('latin1', Math.max(0, body.length - 7))).slice(-7)
    if (this.#tail === '\r\n0\r\n\r\n') this.#done(this.#status === '200')
  }

  #done(isGood: boolean): void {
    const settle = this.#settle
    this.#settle = undefined
    settle?.(isGood)
  }
}
