// What a request, a streamed chunk and a large prompt cost, and how many requests fit.
import type { ChildProcess } from 'node:child_process'
import type { LoadOrder, LoadResult } from './orders.ts'
import {
  chatPath,
  largePrompt,
  messagesPath,
  messagesStreamPrompt,
  smallPrompt,
  streamPrompt,
} from './orders.ts'
import { ask, cpuMicroseconds } from './processes.ts'
import type { Seat, SeatName } from './seats.ts'

export interface Durations {
  readonly rounds: number
  readonly saturatedMs: number
  readonly steadyMs: number
  readonly largeMs: number
  readonly reloads: number
  readonly starts: number
  readonly slowStreams: number
}

/** One seat in one round. Processor time is missing for the seat that is no process. */
export interface RoundFigures {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuPerRequest: number
  readonly cpuPerChunk: number
  readonly cpuPerLargePrompt: number
  readonly errors: number
}

export const chunksPerStream = 500
export const chunkIntervalMs = 5
const steadyRate = 1500
const largeRate = 25
const parallelStreams = 24

export interface LoadTools {
  readonly load: ChildProcess
  readonly durations: Durations
}

export async function warmUp(tools: LoadTools, seat: Seat): Promise<void> {
  const common = { port: seat.port, path: chatPath, connections: 16 }
  await ask<LoadResult>(tools.load, { ...common, body: smallPrompt, durationMs: 2500 })
  await ask<LoadResult>(tools.load, { ...common, body: largePrompt, durationMs: 1000, rate: largeRate })
  await runStreams(tools, seat, sameFormat)
}

/** All seats in one round: each figure of all seats close together in time, because the machine has its moods. */
export async function measureRound(
  tools: LoadTools,
  seats: readonly Seat[],
): Promise<ReadonlyMap<SeatName, RoundFigures>> {
  const saturated = await inTurn(seats, seat => run(tools, seat, saturatedLoad(tools, seat)))
  const steady = await inTurn(seats, seat => run(tools, seat, steadyLoad(tools, seat)))
  const large = await inTurn(seats, seat => run(tools, seat, largeLoad(tools, seat)))
  const streams = await inTurn(seats, seat => runStreams(tools, seat, sameFormat))
  return new Map(
    seats.map((seat, index) => {
      const runs = {
        saturated: saturated[index],
        steady: steady[index],
        large: large[index],
        streams: streams[index],
      }
      return [seat.name, figuresOf(runs)]
    }),
  )
}

export interface TranslationFigures {
  /** Microseconds for each chunk of streams that a caller of another format reads. */
  readonly cpuPerChunk: number
  readonly errors: number
}

/** One round: figures in the order of the seats. */
export async function measureTranslation(
  tools: LoadTools,
  seats: readonly Seat[],
): Promise<readonly TranslationFigures[]> {
  const streams = await inTurn(seats, seat => runStreams(tools, seat, otherFormat))
  return streams.map(measured => ({
    cpuPerChunk: cpuPerRequest(measured) / chunksPerStream,
    errors: measured.result.errors,
  }))
}

async function inTurn<Result>(
  seats: readonly Seat[],
  measure: (seat: Seat) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const seat of seats) results.push(await measure(seat))
  return results
}

type RunName = 'saturated' | 'steady' | 'large' | 'streams'

function figuresOf(runs: Readonly<Record<RunName, MeasuredLoad | undefined>>) {
  const { saturated, steady, large, streams } = runs
  return {
    requestsPerSecond:
      saturated === undefined ? Number.NaN : (saturated.result.requests * 1000) / saturated.result.elapsedMs,
    p50Ms: steady?.result.p50Ms ?? Number.NaN,
    p99Ms: steady?.result.p99Ms ?? Number.NaN,
    cpuPerRequest: cpuPerRequest(steady),
    cpuPerLargePrompt: cpuPerRequest(large),
    cpuPerChunk: cpuPerRequest(streams) / chunksPerStream,
    errors: Object.values(runs).reduce((sum, measured) => sum + (measured?.result.errors ?? 0), 0),
  }
}

function cpuPerRequest(measured: MeasuredLoad | undefined): number {
  return measured === undefined ? Number.NaN : measured.cpuMicroseconds / measured.result.requests
}

function saturatedLoad({ durations }: LoadTools, { port }: Seat): LoadOrder {
  return { port, path: chatPath, body: smallPrompt, connections: 32, durationMs: durations.saturatedMs }
}

function steadyLoad({ durations }: LoadTools, { port }: Seat): LoadOrder {
  return {
    port,
    path: chatPath,
    body: smallPrompt,
    connections: 64,
    durationMs: durations.steadyMs,
    rate: steadyRate,
  }
}

function largeLoad({ durations }: LoadTools, { port }: Seat): LoadOrder {
  return {
    port,
    path: chatPath,
    body: largePrompt,
    connections: 16,
    durationMs: durations.largeMs,
    rate: largeRate,
  }
}

interface StreamWish {
  readonly path: string
  readonly body: string
}

const sameFormat: StreamWish = { path: chatPath, body: streamPrompt }
const otherFormat: StreamWish = { path: messagesPath, body: messagesStreamPrompt }

/** Each stream once, all at the same time. */
function runStreams(tools: LoadTools, seat: Seat, wish: StreamWish): Promise<MeasuredLoad> {
  return run(tools, seat, {
    ...wish,
    port: seat.port,
    connections: parallelStreams,
    requests: parallelStreams,
    durationMs: 30_000,
  })
}

interface MeasuredLoad {
  readonly result: LoadResult
  readonly cpuMicroseconds: number
}

async function run(tools: LoadTools, seat: Seat, order: LoadOrder): Promise<MeasuredLoad> {
  const pid = seat.process?.pid
  const before = pid === undefined ? 0 : cpuMicroseconds(pid)
  const result = await ask<LoadResult>(tools.load, order)
  const after = pid === undefined ? 0 : cpuMicroseconds(pid)
  return { result, cpuMicroseconds: after - before }
}
