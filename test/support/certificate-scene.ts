// Replicas that keep their certificates together, on one clock and one API server in memory.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import type { CertificateEvent } from '../../operator/certificates/certificate-events.ts'
import { type Certificates, createCertificates } from '../../operator/certificates/certificates.ts'
import type { Cancel, Clock } from '../../operator/reconcile/ports.ts'
import { eventually } from './eventually.ts'
import { FakeClock } from './fake-clock.ts'
import { MemoryObjects } from './memory-objects.ts'
import { noOwnership } from './no-ownership.ts'
import { ScriptedLeadership } from './scripted-leadership.ts'
import { recordOf, textOf } from './simulated-vendors/json.ts'

export const namespace = 'llm-fallback-system'
export const secretPath = `/api/v1/namespaces/${namespace}/secrets/llm-fallback-ca`
export const configMapPath = `/api/v1/namespaces/${namespace}/configmaps/llm-fallback-ca`
export const minute = 60_000
export const day = 24 * 60 * minute
const timing = { pollMs: 10_000, eagerPollMs: 500, overlapMs: 10 * minute }

export interface Replica {
  readonly certificates: Certificates
  readonly events: CertificateEvent[]
  readonly leadership: ScriptedLeadership
}

export interface Scene {
  readonly now: () => number
  readonly objects: MemoryObjects
  /** Started, and stopped after the test. */
  join(role: 'leader' | 'follower'): Replica
  /** Lets time pass, poll by poll. */
  pass(ms: number): Promise<void>
  /** The machine sleeps: wall time goes on, timers stand still. Then one poll. */
  sleep(ms: number): Promise<void>
}

/** Wall time can jump ahead of the timers, as on a machine that slept. */
class SleepyClock implements Clock {
  readonly hands = new FakeClock()
  sleptMs = 0
  now(): number {
    return this.hands.now()
  }
  wallTime(): number {
    return this.hands.wallTime() + this.sleptMs
  }
  schedule(milliseconds: number, run: () => void): Cancel {
    return this.hands.schedule(milliseconds, run)
  }
}

export async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const clock = new SleepyClock()
  const objects = new MemoryObjects()
  const replicas: Replica[] = []
  // Keys are made outside the event loop: a replica has come to rest when it has set its timer again.
  const settle = () =>
    eventually('every replica rests', () => clock.hands.pending === replicas.length || undefined)
  const pass = async (ms: number) => {
    await settle()
    for (let left = ms; left > 0; left -= timing.pollMs) {
      clock.hands.tick(Math.min(left, timing.pollMs))
      await settle()
    }
  }
  const join: Scene['join'] = role => {
    const replica = startReplica(role, { clock, objects })
    replicas.push(replica)
    return replica
  }
  const sleep = async (ms: number) => {
    await settle()
    clock.sleptMs += ms
    await pass(timing.pollMs)
  }
  try {
    await run({ now: () => clock.wallTime(), objects, join, pass, sleep })
  } finally {
    for (const { certificates } of replicas) certificates.stop()
    assert.equal(clock.hands.pending, 0, 'a timer was left behind')
  }
}

function startReplica(
  role: 'leader' | 'follower',
  parts: { readonly clock: Clock; readonly objects: MemoryObjects },
): Replica {
  const leadership = new ScriptedLeadership(role)
  const events: CertificateEvent[] = []
  const certificates = createCertificates({
    ...parts,
    ownership: noOwnership,
    namespace,
    timing,
    leadership,
    hosts: ['llm-fallback.llm-fallback-system.svc', '127.0.0.1'],
    report: event => events.push(event),
  })
  certificates.start().catch(() => undefined)
  return { certificates, events, leadership }
}

export const kinds = (events: readonly CertificateEvent[]) => events.map(({ kind }) => kind)

export async function configMapBundle(objects: MemoryObjects): Promise<string> {
  return textOf(recordOf(recordOf(await objects.read(configMapPath))['data'])['ca.crt']) ?? ''
}

export function countCertificates(bundle: string): number {
  return bundle.split('BEGIN CERTIFICATE').length - 1
}

/** Whether a client that trusts this bundle trusts this leaf. */
export function trusts(bundle: string, leafPem: string): boolean {
  const leaf = new X509Certificate(leafPem)
  const authorities = bundle.split(/(?<=-----END CERTIFICATE-----\n)/).filter(pem => pem.trim() !== '')
  return authorities.some(pem => {
    const authority = new X509Certificate(pem)
    return leaf.checkIssued(authority) && leaf.verify(authority.publicKey)
  })
}
