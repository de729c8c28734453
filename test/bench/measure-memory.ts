// Resident memory and time to the first answer.
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadTools } from './measure-load.ts'
import { chunkIntervalMs, chunksPerStream } from './measure-load.ts'
import type { LoadResult } from './orders.ts'
import { chatPath, smallPrompt, streamPrompt } from './orders.ts'
import type { Helper, RunningProcess } from './processes.ts'
import { ask, residentMemory } from './processes.ts'

/** Streams that send an event each second; memory is read while all of them are open. */
export async function measureSlowStreams(
  tools: LoadTools & { readonly stub: Helper },
  measured: RunningProcess,
): Promise<{ readonly rssMiB: number; readonly errors: number }> {
  const { stub, load, durations } = tools
  stub.child.send({ kind: 'setStream', chunks: 10, intervalMs: 1000 })
  const streams = ask<LoadResult>(load, {
    port: measured.port,
    path: chatPath,
    body: streamPrompt,
    connections: durations.slowStreams,
    requests: durations.slowStreams,
    durationMs: 40_000,
  })
  let highest = 0
  for (let second = 0; second < 8; second += 1) {
    await sleep(1000)
    highest = Math.max(highest, residentMemory(measured.pid))
  }
  const result = await streams
  stub.child.send({ kind: 'setStream', chunks: chunksPerStream, intervalMs: chunkIntervalMs })
  return {
    rssMiB: highest,
    errors: result.errors + (durations.slowStreams - result.requests - result.errors),
  }
}

/** Median of the milliseconds from the start of the process to its first good answer. */
export async function measureStart(start: () => Promise<RunningProcess>, times: number): Promise<number> {
  const samples: number[] = []
  // The first start fills the caches of disk and compiled code, as an image has them filled.
  for (let index = 0; index <= times; index += 1) {
    const startedAt = performance.now()
    const running = await start()
    await askOnce(running.port)
    if (index > 0) samples.push(performance.now() - startedAt)
    await running.stop()
  }
  return median(samples)
}

/** Memory of a process that has answered once and then rested. */
export async function measureIdleMemory(start: () => Promise<RunningProcess>): Promise<number> {
  const running = await start()
  await askOnce(running.port)
  await sleep(3000)
  const rss = residentMemory(running.pid)
  await running.stop()
  return rss
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

function askOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        port,
        host: '127.0.0.1',
        path: chatPath,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(smallPrompt) },
      },
      answer => {
        answer.resume()
        answer.once('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`first answer ${answer.statusCode}`)),
        )
      },
    )
    call.once('error', reject)
    call.end(smallPrompt)
  })
}
