// The yardstick: node:http in front of an undici pool and nothing else, written as undici's documentation shows it. With
// `BENCH_BARE=strict` it calls the pool's lowest layer instead, which nobody writes by hand and costs about half. Runs as
// a process of its own.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { Pool } from 'undici'

const pool = new Pool(`http://127.0.0.1:${process.env['BENCH_UPSTREAM_PORT']}`, {
  connections: 1024,
  pipelining: 1,
})

type Headers = Readonly<Record<string, string | string[] | undefined>>

function endToEnd(headers: Headers): Record<string, string | string[] | undefined> {
  const { connection: _c, 'keep-alive': _k, 'transfer-encoding': _t, host: _h, ...kept } = headers
  return kept
}

async function passThrough(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { statusCode, headers, body } = await pool.request({
    path: request.url ?? '/',
    method: 'POST',
    headers: endToEnd(request.headers),
    body: request,
  })
  response.writeHead(statusCode, endToEnd(headers))
  await pipeline(body, response)
}

function passStrictly(request: IncomingMessage, response: ServerResponse): void {
  pool.dispatch(
    { path: request.url ?? '/', method: 'POST', headers: endToEnd(request.headers), body: request },
    {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, status, headers) => void response.writeHead(status, endToEnd(headers)),
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return
        controller.pause()
        response.once('drain', () => controller.resume())
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  )
}

const server = createServer(
  process.env['BENCH_BARE'] === 'strict'
    ? passStrictly
    : (request, response) => void passThrough(request, response).catch(() => response.destroy()),
)

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`${JSON.stringify({ msg: 'listening', data: `127.0.0.1:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
