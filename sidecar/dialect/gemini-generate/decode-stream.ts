// generateContent chunks → stream parts. Every chunk is a whole response with a piece of the answer. A finish reason may
// come before more chunks (code execution), so that only the end of the body is the end.
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import type { SseEvent, StreamDecoder } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, numberIn, parseLeniently, textIn } from '../json-value.ts'
import { readCitations } from './citations.ts'
import { blockReasonIn, createdIn, failureIn } from './decode-reply.ts'
import { readFinish } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { partsIn, readPart } from './read-parts.ts'
import { readUsage } from './usage.ts'

interface ChoiceState {
  calls: number
  text: string
  vendorFinish: string | undefined
  /** The last candidate that names sources: each one that does names all of them. */
  cited: JsonObject | undefined
}

export class GeminiStreamDecoder implements StreamDecoder {
  #hasStarted = false
  #hasFailed = false
  #replyId = ''
  #blockReason: string | undefined
  readonly #choices = new Map<number, ChoiceState>()

  decode(event: SseEvent): readonly StreamPart[] | undefined {
    const chunk = unwrapped(parseLeniently(event.data))
    if (!isJsonObject(chunk)) return undefined
    const parts: StreamPart[] = []
    const candidates = isJsonList(chunk.candidates) ? chunk.candidates.filter(isJsonObject) : []
    this.#start(chunk, parts)
    for (const [place, candidate] of candidates.entries()) {
      this.#readCandidate(numberIn(candidate.index) ?? place, candidate, parts)
    }
    if (candidates.length === 0) this.#blockReason = blockReasonIn(chunk) ?? this.#blockReason
    const usage = readUsage(chunk.usageMetadata)
    if (usage !== undefined) parts.push({ kind: 'usage', usage })
    const failure = failureIn(chunk, candidates)
    if (failure !== undefined) {
      this.#hasFailed = true
      parts.push({ kind: 'error', failure })
    }
    return parts
  }

  /** Nothing for a body that ended before its answer did. */
  end(): readonly StreamPart[] {
    if (this.#hasFailed) return []
    const parts: StreamPart[] = []
    for (const [choice, state] of this.#choices) {
      const { vendorFinish, cited } = state
      if (vendorFinish === undefined) return []
      for (const citation of cited === undefined ? [] : readCitations(cited, state.text))
        parts.push({ kind: 'citation', choice, citation })
      parts.push({ kind: 'finish', choice, finish: readFinish(vendorFinish, state.calls > 0), vendorFinish })
    }
    if (this.#choices.size > 0) return [...parts, { kind: 'end' }]
    if (this.#blockReason === undefined) return []
    const vendorFinish = this.#blockReason
    return [{ kind: 'finish', choice: 0, finish: 'content_filter', vendorFinish }, { kind: 'end' }]
  }

  #start(chunk: JsonObject, parts: StreamPart[]): void {
    const id = textIn(chunk.responseId)
    const model = textIn(chunk.modelVersion)
    if (this.#hasStarted || (id === undefined && model === undefined && !isGiven(chunk.candidates))) return
    this.#hasStarted = true
    this.#replyId = id ?? ''
    const created = createdIn(chunk)
    parts.push({
      kind: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(created !== undefined && { created }),
    })
  }

  #readCandidate(choice: number, candidate: JsonObject, parts: StreamPart[]): void {
    let state = this.#choices.get(choice)
    if (state === undefined) {
      state = { calls: 0, text: '', vendorFinish: undefined, cited: undefined }
      this.#choices.set(choice, state)
    }
    for (const part of partsIn(candidate)) this.#readPart(part, { choice, state, parts })
    const logprobs = readLogprobs(candidate.logprobsResult)
    if (logprobs !== undefined) parts.push({ kind: 'logprobs', choice, logprobs })
    if (isGiven(candidate.groundingMetadata) || isGiven(candidate.citationMetadata)) state.cited = candidate
    state.vendorFinish = textIn(candidate.finishReason) ?? state.vendorFinish
  }

  #readPart(part: JsonObject, sink: PartSink): void {
    const { choice, state, parts } = sink
    const read = readPart(part, { replyId: this.#replyId, choice }, state.calls)
    if (read === undefined) return
    switch (read.kind) {
      case 'toolCall': {
        const { id, name, argumentsText, signature } = read
        const block = state.calls
        state.calls += 1
        parts.push({
          kind: 'toolCallStart',
          choice,
          block,
          id,
          name,
          ...(signature !== undefined && { signature }),
        })
        parts.push({ kind: 'toolCallArguments', choice, block, text: argumentsText })
        return
      }
      case 'text':
        state.text += read.text
        parts.push({ kind: 'text', choice, text: read.text })
        return
      default:
        parts.push({ ...read, choice })
    }
  }
}

interface PartSink {
  readonly choice: number
  readonly state: ChoiceState
  readonly parts: StreamPart[]
}

/** Vertex wraps errors in a list of one. */
function unwrapped(value: JsonValue | undefined): JsonValue | undefined {
  return isJsonList(value) && value.length === 1 ? value[0] : value
}
