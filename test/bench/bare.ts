// The yardstick: node:http in front of an undici pool and nothing else. Runs as a process of its own.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const pool = new Pool(`http://127.0.0.1:${process.env['BENCH_UPSTREAM_PORT']}`, {
  connections: 1024,
  pipelining: 1,
})

const server = createServer((request, response) => {
  const {
    connection: _,
    'keep-alive': __,
    'transfer-encoding': ___,
    host: ____,
    ...headers
  } = request.headers
  pool.dispatch(
    { path: request.url ?? '/', method: 'POST', headers, body: request },
    {
      onRequestStart: () => undefined,
      onResponseStart(_controller, status, answered) {
        const { connection: _c, 'keep-alive': _k, 'transfer-encoding': _t, ...kept } = answered
        response.writeHead(status, kept)
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return
        controller.pause()
        response.once('drain', () => controller.resume())
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  )
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`${JSON.stringify({ msg: 'listening', data: `127.0.0.1:${port}` })}\n`)
})
process.on('SIGTERM', () => process.exit(0))
