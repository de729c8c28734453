// A streaming target, its provider's end in a test's hands, and a reader that insists on the order of things.
import assert from 'node:assert/strict'
import type { Outcome, StreamConsumer, StreamEnd } from '../../sidecar/chain/outcome.ts'
import type { StreamUnit } from '../../sidecar/chain/ports.ts'
import { nothingAhead, stepsAhead } from '../../sidecar/chain/step.ts'
import { walkChain } from '../../sidecar/chain/walk-chain.ts'
import { reply, type ScriptedStream, WalkKit } from './walk-kit.ts'

export class Reader implements StreamConsumer {
  readonly units: StreamUnit[] = []
  ended: StreamEnd | undefined
  flushes = 0
  get endKind(): string | undefined {
    return this.ended?.kind
  }
  unit(unit: StreamUnit): void {
    assert.equal(this.ended, undefined, 'nothing comes after the end')
    this.units.push(unit)
  }
  flush(): void {
    this.flushes += 1
  }
  end(end: StreamEnd): void {
    assert.equal(this.ended, undefined, 'a stream ends once')
    this.ended = end
  }
  get text(): string {
    return this.units
      .flatMap(unit => unit.parts.map(part => (part.kind === 'text' ? part.text : '')))
      .join('')
  }
}

export interface Staged {
  readonly kit: WalkKit
  readonly upstream: ScriptedStream
  readonly walking: Promise<Outcome>
}

/** A chain of a streaming target and a spare one; resolves when the stream is open. */
export async function stage(options: { isForeign?: boolean; takesRefusals?: true } = {}): Promise<Staged> {
  const kit = new WalkKit()
  const opened = Promise.withResolvers<ScriptedStream>()
  const steps = [
    kit.target(0, {
      name: 'a',
      turns: [{ kind: 'stream', play: opened.resolve }],
      step: { timeout: { connectMs: 100, firstTokenMs: 5000, idleMs: 2000, totalMs: 9000 } },
      ...(options.isForeign && { isForeign: true }),
    }),
    kit.target(1, {
      name: 'b',
      turns: [reply()],
      step: { when: ['StreamInterrupted', 'Timeout', 'InvalidResponse', 'GuardrailBlocked', 'Overloaded'] },
    }),
  ]
  const walk = kit.walk({
    request: { stream: true },
    ahead: options.takesRefusals ? stepsAhead(steps.map(step => step.spec)) : nothingAhead,
  })
  const walking = walkChain(steps, walk)
  return { kit, upstream: await opened.promise, walking }
}

export async function relayed(walking: Promise<Outcome>): Promise<Reader> {
  const outcome = await walking
  const reader = new Reader()
  if (outcome.kind === 'served' && outcome.reply.kind === 'stream') outcome.reply.relay(reader)
  else assert.fail(`expected a stream, got ${outcome.kind}`)
  return reader
}
