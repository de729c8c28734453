// What a provider without a wire does with a call: answer, fail, stay silent, or stream what a test tells it to.

import type { FailureKind } from '../../crds/vocabulary.ts'
import type {
  BodyConsumer,
  ProviderResult,
  StreamReader,
  StreamUnit,
  UpstreamBody,
} from '../../sidecar/chain/ports.ts'
import type { CompletionReply, StreamPart } from '../../sidecar/dialect/completion.ts'
import type { Failure } from '../../sidecar/failure/failure.ts'
import type { CancelSignal } from '../../sidecar/resilience/cancellation.ts'

/** What a scripted provider does with one call. */
export type Turn =
  | {
      readonly kind: 'reply'
      readonly text?: string
      readonly finish?: 'stop' | 'refusal' | 'content_filter'
    }
  | { readonly kind: 'fail'; readonly failure: Failure }
  /** Never answers; ends when it is aborted. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'stream'; readonly play: (stream: ScriptedStream) => void }

export const fail = (kind: FailureKind, more: Partial<Failure> = {}): Turn => ({
  kind: 'fail',
  failure: { kind, detail: 'scripted', ...more },
})
export const reply = (text = 'fine'): Turn => ({ kind: 'reply', text })

/** The provider's end of a stream, in the hands of a test. */
export class ScriptedStream implements UpstreamBody {
  isAborted = false
  isPaused = false
  #consumer: BodyConsumer | undefined
  readonly #play: (stream: ScriptedStream) => void

  /** @param playBody runs when the body is first read. */
  constructor(playBody: (stream: ScriptedStream) => void) {
    this.#play = playBody
  }

  consume(consumer: BodyConsumer): void {
    this.#consumer = consumer
    this.#play(this)
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  abort(): void {
    this.isAborted = true
  }
  /** Sends events; each holds the parts that its decoder would have found. */
  send(...events: readonly (readonly StreamPart[] | 'malformed')[]): void {
    this.sendBytes(Buffer.from(`${events.map(parts => JSON.stringify(parts)).join('\n')}\n`))
  }
  sendBytes(bytes: Buffer): void {
    if (!this.isAborted) this.#consumer?.data(bytes)
  }
  end(): void {
    if (!this.isAborted) this.#consumer?.end()
  }
  breakOff(kind: FailureKind = 'StreamInterrupted'): void {
    if (!this.isAborted) this.#consumer?.error({ kind, detail: 'scripted break' })
  }
}

export class ScriptedReader implements StreamReader {
  malformedEvents = 0
  push(chunk: Buffer, unit: (unit: StreamUnit) => void): void {
    for (const line of chunk.toString().split('\n').slice(0, -1)) {
      const parts: readonly StreamPart[] | 'malformed' = JSON.parse(line)
      if (parts === 'malformed') this.malformedEvents += 1
      else unit({ data: line, parts })
    }
  }
  finish(): void {
    // Lines are always whole here.
  }
}

export const text = (value: string): StreamPart => ({ kind: 'text', choice: 0, text: value })
export const finish = (value: 'stop' | 'length' | 'refusal' = 'stop'): StreamPart => ({
  kind: 'finish',
  choice: 0,
  finish: value,
  vendorFinish: value,
})
export const start: StreamPart = { kind: 'start', id: 'x', model: 'm' }
export const marker: StreamPart = { kind: 'end' }

export function play(turn: Turn, signal: CancelSignal): Promise<ProviderResult> {
  switch (turn.kind) {
    case 'fail':
      return Promise.resolve({ kind: 'failed', failure: turn.failure })
    case 'silence':
      return new Promise(resolve => {
        const gone = () => resolve({ kind: 'failed', failure: { kind: 'ConnectError', detail: 'aborted' } })
        signal.onAbort(gone)
      })
    case 'reply':
      return answerWith('application/json', body => {
        body.sendBytes(Buffer.from(JSON.stringify(completionOf(turn))))
        body.end()
      })
    case 'stream':
      return answerWith('text/event-stream', turn.play)
  }
}

/** A 200 whose body plays as soon as somebody reads it. */
function answerWith(contentType: string, playBody: (body: ScriptedStream) => void): Promise<ProviderResult> {
  const body = new ScriptedStream(playBody)
  return Promise.resolve({ kind: 'answered', status: 200, headers: { 'content-type': contentType }, body })
}

function completionOf(turn: Extract<Turn, { kind: 'reply' }>): CompletionReply {
  const content = [{ kind: 'text', text: turn.text ?? 'fine' }] as const
  return {
    id: 'x',
    model: 'm',
    choices: [{ content, finish: turn.finish ?? 'stop', vendorFinish: null }],
    usage: { input: 10, output: 5 },
  }
}
