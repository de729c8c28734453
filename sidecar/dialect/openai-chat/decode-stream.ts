// Chat chunks → stream parts. A reducer over the chunks of one stream; its state is what later chunks refer back to.

import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import type { SseEvent, StreamDecoder } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, numberIn, parseLeniently, textIn } from '../json-value.ts'
import { readAnnotations } from './annotations.ts'
import { errorInBody, isMedia, mediaMembers, readContent, reasoningIn } from './decode-reply.ts'
import { readFinish } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { CallFragments } from './read-call-fragments.ts'
import { readUsage } from './usage.ts'

const nothing: readonly StreamPart[] = []
const ended: readonly StreamPart[] = [{ kind: 'end' }]

interface ChoiceState {
  readonly calls: CallFragments
  hasRefusal: boolean
  hasFinished: boolean
}

export class ChatStreamDecoder implements StreamDecoder {
  #hasStarted = false
  #replyId = ''
  readonly #choices = new Map<number, ChoiceState>()

  decode(event: SseEvent): readonly StreamPart[] | undefined {
    if (event.data === '[DONE]') return ended
    if (event.data.trim() === '') return nothing
    const chunk = parseLeniently(event.data)
    if (!isJsonObject(chunk)) return event.event === 'error' ? [errorPart(event.data)] : undefined
    const parts: StreamPart[] = []
    const choices = isJsonList(chunk.choices) ? chunk.choices : []
    if (!this.#hasStarted) this.#start(chunk, choices.length, parts)
    // Content that came together with an error was still said, and its tokens are still spent.
    for (const choice of choices) if (isJsonObject(choice)) this.#readChoice(choice, parts)
    const usage = readUsage(chunk)
    if (usage !== undefined) parts.push({ kind: 'usage', usage })
    const failure = errorInBody(chunk)
    if (failure !== undefined) parts.push({ kind: 'error', failure })
    else if (event.event === 'error') parts.push(errorPart(chunk))
    return parts
  }

  /** Azure's first chunk has neither choices nor an id and says nothing. */
  #start(chunk: JsonObject, choices: number, parts: StreamPart[]): void {
    const id = textIn(chunk.id)
    if (choices === 0 && id === undefined) return
    this.#hasStarted = true
    this.#replyId = id ?? ''
    const model = textIn(chunk.model)
    const created = numberIn(chunk.created)
    parts.push({
      kind: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(created !== undefined && created > 0 && { created }),
    })
  }

  #readChoice(choice: JsonObject, parts: StreamPart[]): void {
    const index = numberIn(choice.index) ?? 0
    let state = this.#choices.get(index)
    if (state === undefined) {
      state = { calls: new CallFragments(this.#replyId, index), hasRefusal: false, hasFinished: false }
      this.#choices.set(index, state)
    }
    if (isJsonObject(choice.delta)) readDelta(choice.delta, { index, state, parts })
    const logprobs = isGiven(choice.logprobs) ? readLogprobs(choice.logprobs) : []
    if (logprobs.length > 0) parts.push({ kind: 'logprobs', choice: index, logprobs })
    const vendorFinish = textIn(choice.finish_reason)
    // Some servers repeat the reason on their usage chunk.
    if (vendorFinish === undefined || state.hasFinished) return
    state.hasFinished = true
    const ending = { hasToolCalls: state.calls.count > 0, hasRefusal: state.hasRefusal }
    parts.push({ kind: 'finish', choice: index, finish: readFinish(vendorFinish, ending), vendorFinish })
  }
}

/** An event that is named an error is one, whatever its shape. */
function errorPart(error: JsonObject | string): StreamPart {
  return { kind: 'error', failure: classifyInBandError({ dialect: 'OpenAI', error }) }
}

interface DeltaSink {
  readonly index: number
  readonly state: ChoiceState
  readonly parts: StreamPart[]
}

function readDelta(delta: JsonObject, sink: DeltaSink): void {
  const { index, state, parts } = sink
  const reasoning = reasoningIn(delta)
  if (reasoning !== undefined) parts.push({ kind: 'reasoning', choice: index, text: reasoning })
  const { content } = delta
  if (typeof content === 'string') {
    if (content !== '') parts.push({ kind: 'text', choice: index, text: content })
  } else if (isJsonList(content)) readContentList(content, sink)
  if (isJsonList(delta.annotations)) {
    for (const citation of readAnnotations(delta.annotations))
      parts.push({ kind: 'citation', choice: index, citation })
  }
  const refusal = textIn(delta.refusal)
  if (refusal !== undefined) addRefusal(refusal, sink)
  for (const kind of mediaMembers) {
    if (isMedia(delta[kind])) parts.push({ kind: 'other', choice: index, itemKind: kind })
  }
  if (isJsonList(delta.tool_calls)) for (const call of delta.tool_calls) state.calls.read(call, parts)
  if (isJsonObject(delta.function_call)) state.calls.readLegacy(delta.function_call, parts)
}

function readContentList(content: readonly JsonValue[], sink: DeltaSink): void {
  for (const part of readContent(content)) {
    if (part.kind === 'refusal') addRefusal(part.text, sink)
    else if (part.kind !== 'toolCall') sink.parts.push({ ...part, choice: sink.index })
  }
}

function addRefusal(text: string, { index, state, parts }: DeltaSink): void {
  state.hasRefusal = true
  parts.push({ kind: 'refusal', choice: index, text })
}
