// What the chain is for: a quick way past a failing primary, no flood against a dead one, reloads that nobody notices.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadTools } from './measure-load.ts'
import type { LoadResult, StubCounts } from './orders.ts'
import { chatPath, smallPrompt } from './orders.ts'
import type { Helper, RunningProcess } from './processes.ts'
import { ask } from './processes.ts'
import { quickstartPolicy, versionedPolicy, writePolicy } from './seats.ts'

export interface FallbackTools extends LoadTools {
  readonly stub: Helper
  readonly sidecar: RunningProcess
  /** Where the sidecar was started. */
  readonly folder: string
}

const chatCall = { path: chatPath, body: smallPrompt, connections: 1, durationMs: 20_000 }

/** 99th percentile of the milliseconds from a failed primary to the request for the fallback, seen from the provider. */
export async function measureFailover(tools: FallbackTools): Promise<{ p99Ms: number; errors: number }> {
  const { stub, load, sidecar } = tools
  stub.child.send({ kind: 'setMode', mode: 'modelMissing' })
  // The first ones meet a fallback whose connection and code are new; they are measured with the rest.
  stub.child.send({ kind: 'resetCounts' })
  const result = await ask<LoadResult>(load, { ...chatCall, port: sidecar.port, requests: 1000 })
  const { failoverMs } = await tellCounts(stub)
  stub.child.send({ kind: 'setMode', mode: 'healthy' })
  const sorted = [...failoverMs].sort((one, other) => one - other)
  return { p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, errors: result.errors }
}

/** Upstream requests per caller request once the breaker of a dead primary has opened. */
export async function measureDeadPrimary(tools: FallbackTools): Promise<{ ratio: number; errors: number }> {
  const { stub, load, sidecar } = tools
  stub.child.send({ kind: 'setMode', mode: 'serverError' })
  await ask<LoadResult>(load, { ...chatCall, port: sidecar.port, requests: 10 })
  stub.child.send({ kind: 'resetCounts' })
  const result = await ask<LoadResult>(load, {
    ...chatCall,
    port: sidecar.port,
    connections: 16,
    requests: 2000,
  })
  const { requests } = await tellCounts(stub)
  stub.child.send({ kind: 'setMode', mode: 'healthy' })
  return { ratio: requests / result.requests, errors: result.errors }
}

export interface ReloadFigures {
  readonly reloads: number
  readonly requests: number
  /** Requests that got no good answer. */
  readonly lost: number
  /** Requests made of parts of two policies. */
  readonly mixed: number
}

/** Changes the policy as soon as the one before is seen at the provider, while callers keep calling. */
export async function measureReloads(tools: FallbackTools): Promise<ReloadFigures> {
  const { stub, load, sidecar, durations } = tools
  const policies = join(tools.folder, 'policies')
  stub.child.send({ kind: 'resetCounts' })
  const maxMs = durations.reloads * 250 + 5000
  let isOver = false
  const callers = callUntil(() => isOver, { load, port: sidecar.port })
  const endsAt = performance.now() + maxMs
  let reloads = 0
  while (reloads < durations.reloads && performance.now() < endsAt) {
    writePolicy(policies, versionedPolicy(stub.port, reloads + 1))
    if (!(await isSeen(stub, reloads + 1, endsAt))) break
    reloads += 1
  }
  isOver = true
  const { requests, lost } = await callers
  const { mixed } = await tellCounts(stub)
  writePolicy(policies, quickstartPolicy(stub.port))
  return { reloads, requests, lost, mixed }
}

/** Steady load in short orders, because an order cannot be called back. */
async function callUntil(
  isOver: () => boolean,
  target: { readonly load: LoadTools['load']; readonly port: number },
): Promise<{ requests: number; lost: number }> {
  let requests = 0
  let lost = 0
  while (!isOver()) {
    const result = await ask<LoadResult>(target.load, {
      ...chatCall,
      port: target.port,
      connections: 8,
      durationMs: 1000,
      rate: 200,
    })
    requests += result.requests
    lost += result.errors
  }
  return { requests, lost }
}

async function isSeen(stub: Helper, version: number, endsAt: number): Promise<boolean> {
  while (performance.now() < endsAt) {
    const { newestVersion } = await tellCounts(stub)
    if (newestVersion >= version) return true
    await sleep(5)
  }
  return false
}

function tellCounts(stub: Helper): Promise<StubCounts> {
  return ask<StubCounts>(stub.child, { kind: 'tellCounts' })
}
