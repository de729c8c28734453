// A listening data server with a scripted policy room behind it, and the raw bytes that a test sends to it.
import { connect } from 'node:net'
import type { RequestEnded } from '../../../sidecar/chain/events.ts'
import { systemClock } from '../../../sidecar/resilience/clock.ts'
import { createDataServer } from '../../../sidecar/server/data-server.ts'
import type { DataServer, DataServerParts } from '../../../sidecar/server/ports.ts'
import { ScriptedDoor } from './scripted-door.ts'

export interface TestServer {
  readonly door: ScriptedDoor
  readonly server: DataServer
  readonly port: number
  readonly rejected: RequestEnded[]
  readonly logged: string[]
}

/** Runs a test against a listening server and stops it afterwards, whatever happens. */
export async function withServer(
  overrides: Partial<Omit<DataServerParts, 'door' | 'settings'>> & { readonly maxBodyBytes?: number },
  run: (test: TestServer) => Promise<void>,
): Promise<void> {
  const { maxBodyBytes = 1024 * 1024, ...parts } = overrides
  const door = new ScriptedDoor()
  const rejected: RequestEnded[] = []
  const logged: string[] = []
  const log = (fields: Readonly<Record<string, unknown>>, message: string) => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
  }
  let requests = 0
  const server = createDataServer({
    door,
    settings: { host: '127.0.0.1', port: 0, maxBodyBytes },
    clock: systemClock,
    newRequestId: () => `01TEST${++requests}`,
    onRejected: event => rejected.push(event),
    mask: text => text.replaceAll('sk-secret', '***'),
    logger: { error: log, warn: log },
    ...parts,
  })
  const { port } = await server.start()
  try {
    await run({ door, server, port, rejected, logged })
  } finally {
    await server.stop()
  }
}

/** Sends bytes as they are; resolves with all that came back once the server has closed or `until` has come. */
export function sendRaw(port: number, bytes: string | Buffer, until?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(10_000, () => socket.destroy(new Error(`nothing more came after: ${received}`)))
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      received += text
      if (until !== undefined && received.includes(until)) socket.destroy()
    })
    // A connection that is reset after its answer has answered all the same.
    socket.on('error', error => (received === '' ? reject(error) : resolve(received)))
    socket.on('close', () => resolve(received))
  })
}

export const chatBody = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] })
export const streamBody = JSON.stringify({
  model: 'gpt-4o',
  stream: true,
  messages: [{ role: 'user', content: 'hi' }],
})

/** A request that is all right, but for what a test changes. `headers` replace the usual Host line too. */
export function rawPost(
  path: string,
  body: string,
  headers: readonly string[] = ['Host: 127.0.0.1'],
): string {
  const length = Buffer.byteLength(body)
  return `POST ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

/** The body of an answer that has a length, as JSON. */
export function jsonOf(answer: string): Record<string, unknown> {
  const value: unknown = JSON.parse(
    Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString('utf8'),
  )
  if (typeof value !== 'object' || value === null) throw new Error('the body is no JSON object')
  return { ...value }
}
