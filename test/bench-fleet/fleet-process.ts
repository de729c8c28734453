// The process that plays the fleet. Takes orders from the benchmark that forked it and ends with it.
import { connectTo } from '../../sidecar/control/operator-connection.ts'
import type { FleetAcks, FleetCount, FleetOrder } from './orders.ts'
import { SimulatedSidecar } from './simulated-sidecar.ts'

/** New ones a millisecond: what a rollout of many pods at once would do at most. */
const startsEveryMs = 1

const sidecars: SimulatedSidecar[] = []

function join({ url, caFile, tokenFiles }: Extract<FleetOrder, { kind: 'join' }>): void {
  for (const [at, tokenFile] of tokenFiles.entries()) {
    const sidecar = new SimulatedSidecar(connectTo({ url, caFile, tokenFile }, 'simulated'))
    sidecars.push(sidecar)
    setTimeout(() => sidecar.start(), at * startsEveryMs)
  }
}

function count(generation: number): FleetCount {
  const ends: Record<string, number> = {}
  for (const end of sidecars.flatMap(sidecar => sidecar.ends)) ends[end] = (ends[end] ?? 0) + 1
  return {
    open: sidecars.filter(sidecar => sidecar.isOpen).length,
    acked: sidecars.filter(sidecar => sidecar.ackedAt.has(generation)).length,
    bytes: sidecars.reduce((sum, sidecar) => sum + sidecar.bytes, 0),
    ends,
  }
}

function acks(generation: number): FleetAcks {
  return { at: sidecars.flatMap(sidecar => sidecar.ackedAt.get(generation) ?? []) }
}

process.on('message', (order: FleetOrder) => {
  switch (order.kind) {
    case 'join':
      join(order)
      return process.send?.({})
    case 'count':
      return process.send?.(count(order.generation))
    case 'acks':
      return process.send?.(acks(order.generation))
    case 'leave':
      for (const sidecar of sidecars) sidecar.stop()
      return process.exit(0)
  }
})
process.on('disconnect', () => process.exit(0))
