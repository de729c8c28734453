// The leader keeps the webhook configurations as they have to be, whoever else edits it and whichever authorities are trusted.
import type { Cancel, Clock, Leadership, ObjectClient, Ownership } from '../reconcile/ports.ts'
import type { ReportAdmissionEvent } from './admission-events.ts'
import type { Registration } from './registrations.ts'
import { saysAll } from './says-all.ts'

const checkEveryMs = 10_000
/** After a failure: until it is written, the API server may not trust us. */
const retryAfterMs = 1_000

export interface WebhookKeeperParts {
  readonly objects: ObjectClient
  readonly leadership: Leadership
  readonly clock: Clock
  readonly ownership: Ownership
  readonly registrations: readonly Registration[]
  readonly trust: {
    /** PEM; empty: not known yet, and nothing is registered. */
    bundle(): string
    onBundleChange(listener: () => void): Cancel
  }
  readonly report: ReportAdmissionEvent
}

export interface WebhookKeeper {
  /** To be called once the listener stands. */
  start(): void
  /** The configuration stays: other replicas answer. */
  stop(): void
}

export function keepWebhookRegistered(parts: WebhookKeeperParts): WebhookKeeper {
  const { leadership, clock, trust, report } = parts
  let cancels: readonly Cancel[] = []
  let cancelTimer: Cancel = () => undefined
  let state: 'stopped' | 'idle' | 'busy' | 'askedAgain' = 'stopped'

  const end = (waitMs: number) => {
    if (state === 'stopped') return
    const isWanted = state === 'askedAgain'
    state = 'idle'
    if (isWanted) begin()
    else cancelTimer = clock.schedule(waitMs, begin)
  }
  const begin = () => {
    if (state === 'busy') state = 'askedAgain'
    if (state !== 'idle') return
    state = 'busy'
    cancelTimer()
    registerOnce(parts).then(
      () => end(checkEveryMs),
      (error: unknown) => {
        report({ kind: 'webhookNotRegistered', error })
        end(retryAfterMs)
      },
    )
  }
  return {
    start() {
      if (state !== 'stopped') return
      state = 'idle'
      cancels = [leadership.onChange(begin), trust.onBundleChange(begin)]
      begin()
    },
    stop() {
      state = 'stopped'
      cancelTimer()
      for (const cancel of cancels) cancel()
    },
  }
}

async function registerOnce({
  objects,
  leadership,
  ownership,
  registrations,
  trust,
  report,
}: WebhookKeeperParts): Promise<void> {
  const bundle = trust.bundle()
  if (bundle === '') return
  for (const { path, build } of registrations) {
    if (!leadership.isLeader()) return
    const stored = await objects.read(path)
    const wanted = await ownership.claim(build(bundle), stored)
    if (saysAll(stored, wanted)) continue
    await objects.apply(path, wanted)
    report({ kind: 'webhookRegistered', configuration: path })
  }
}
