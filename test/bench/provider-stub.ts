// Both providers of the quickstart policy in one process: raw sockets, ready-made bytes, streams paced by one clock.
import { createServer, type Socket } from 'node:net'
import type { StubCounts, StubMode, StubOrder } from './orders.ts'
import { type PlainRequest, readRequests } from './read-requests.ts'
import {
  chatAnswer,
  firstEvent,
  lastEvents,
  messagesAnswer,
  modelMissingAnswer,
  serverErrorAnswer,
  streamHead,
  textEvent,
} from './stub-answers.ts'

let mode: StubMode = 'healthy'
let stream = { chunks: 500, intervalMs: 5 }
let pacer: NodeJS.Timeout | undefined
const running = new Map<Socket, number>()

let requests = 0
let mixed = 0
let newestVersion = 0
let failoverMs: number[] = []
let failedAt: number | undefined

const server = createServer(socket => {
  socket.setNoDelay(true)
  socket.on('close', () => running.delete(socket))
  readRequests(socket, request => {
    count(request)
    answer(socket, request)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.stdout.write(`${JSON.stringify({ msg: 'listening', data: `127.0.0.1:${port}` })}\n`)
})
restartPacer()

function count({ head, bodyStart }: PlainRequest): void {
  requests += 1
  if (failedAt !== undefined) failoverMs.push(performance.now() - failedAt)
  failedAt = undefined
  const header = /x-bench-version: *(\d+)/i.exec(head)?.[1]
  if (header === undefined) return
  newestVersion = Math.max(newestVersion, Number(header))
  if (/"model": *"versioned-(\d+)"/.exec(bodyStart)?.[1] !== header) mixed += 1
}

function answer(socket: Socket, { head, bodyStart }: PlainRequest): void {
  if (mode !== 'healthy' && /"model": *"gpt-4o"/.test(bodyStart)) {
    socket.write(mode === 'modelMissing' ? modelMissingAnswer : serverErrorAnswer)
    failedAt = performance.now()
  } else if (/"stream": *true/.test(bodyStart)) {
    socket.write(streamHead)
    socket.write(firstEvent)
    running.set(socket, stream.chunks)
  } else socket.write(head.includes('/messages') ? messagesAnswer : chatAnswer)
}

function restartPacer(): void {
  clearInterval(pacer)
  pacer = setInterval(advanceStreams, stream.intervalMs)
}

function advanceStreams(): void {
  for (const [socket, left] of running) {
    if (left > 0) {
      socket.write(textEvent)
      running.set(socket, left - 1)
    } else {
      running.delete(socket)
      socket.write(lastEvents)
    }
  }
}

process.on('message', (order: StubOrder) => {
  if (order.kind === 'setMode') mode = order.mode
  else if (order.kind === 'setStream') {
    stream = order
    restartPacer()
  } else if (order.kind === 'resetCounts') {
    requests = 0
    mixed = 0
    failoverMs = []
    failedAt = undefined
  } else tellCounts()
})
process.on('disconnect', () => process.exit(0))

function tellCounts(): void {
  const counts: StubCounts = { kind: 'counts', requests, failoverMs, mixed, newestVersion }
  process.send?.(counts)
}
