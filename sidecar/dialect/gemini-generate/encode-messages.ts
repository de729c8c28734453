// The conversation as turns of user and model: system text apart, neighbours of one role merged, and the results of the
// functions alone in a turn right behind their calls, in the order of the calls.
import type { JsonObject, JsonValue, Message, ToolResultPart } from '../completion.ts'
import { isJsonObject, memberOf, parseLeniently } from '../json-value.ts'
import { readResult } from './decode-calls.ts'
import { encodeMedia, encodePart, type Lost } from './encode-parts.ts'
import type { ModelHabits } from './model-habits.ts'
import { foreignCallSignature } from './signatures.ts'

export interface WireConversation {
  readonly systemInstruction?: JsonObject
  readonly contents: readonly JsonObject[]
}

/** Words for a turn that has to be there and says nothing. */
const emptyTurn = '.'
const goOn = 'Continue.'

export function encodeConversation(
  messages: readonly Message[],
  habits: ModelHabits,
  lost: Lost,
): WireConversation {
  const system: JsonObject[] = []
  const turns = new Turns(habits, lost)
  for (const message of messages) {
    if (message.name !== undefined) lost.add('messages.name')
    if (message.role === 'system') {
      // Instructions have one place: those from between the turns move there, in order.
      if (!turns.areEmpty) lost.add('messages.role')
      system.push(...message.content.map(part => encodePart(part, lost)).filter(part => part !== undefined))
    } else turns.add(message)
  }
  if (turns.areEmpty) {
    // Instructions alone are a prompt elsewhere: the last of them is what is asked here.
    lost.add('messages.role')
    turns.addAsked(system.pop() ?? { text: emptyTurn })
  }
  const contents = turns.complete()
  return system.length === 0 ? { contents } : { systemInstruction: { parts: system }, contents }
}

interface Turn {
  readonly kind: 'model' | 'user' | 'results'
  readonly parts: JsonObject[]
}

class Turns {
  readonly #turns: Turn[] = []
  readonly #habits: ModelHabits
  readonly #lost: Lost
  /** Names of the functions by the ids of their calls. */
  readonly #names = new Map<string, string>()
  /** Media of results for a model that takes them only as a turn of the user. */
  #pictures: JsonObject[] = []

  constructor(habits: ModelHabits, lost: Lost) {
    this.#habits = habits
    this.#lost = lost
  }

  get areEmpty(): boolean {
    return this.#turns.length === 0
  }

  add(message: Message): void {
    const parts: JsonObject[] = []
    for (const part of message.content) {
      if (part.kind === 'toolCall') this.#names.set(part.id, part.name)
      if (part.kind === 'toolResult') this.#push('results', [this.#encodeResult(part)])
      const encoded = encodePart(part, this.#lost)
      if (encoded !== undefined) parts.push(encoded)
    }
    if (parts.length > 0) this.#push(message.role === 'assistant' ? 'model' : 'user', parts)
  }

  addAsked(part: JsonObject): void {
    this.#push('user', [part])
  }

  complete(): readonly JsonObject[] {
    this.#showPictures()
    const first = this.#turns[0]
    // A call has to follow a turn of the user, and a conversation has to end with one.
    if (first?.kind === 'model' && callsIn(first).length > 0)
      this.#turns.unshift({ kind: 'user', parts: [{ text: emptyTurn }] })
    const last = this.#turns.at(-1)
    if (last?.kind === 'model' && callsIn(last).length === 0) this.#push('user', [{ text: goOn }])
    return this.#turns.map((turn, index) => ({
      role: turn.kind === 'model' ? 'model' : 'user',
      parts: this.#finish(turn, this.#turns[index - 1]),
    }))
  }

  #push(kind: Turn['kind'], parts: readonly JsonObject[]): void {
    if (kind !== 'results') this.#showPictures()
    const last = this.#turns.at(-1)
    if (last?.kind === kind) last.parts.push(...parts)
    else this.#turns.push({ kind, parts: [...parts] })
  }

  #showPictures(): void {
    const pictures = this.#pictures
    this.#pictures = []
    if (pictures.length > 0) this.#push('user', pictures)
  }

  #finish(turn: Turn, before: Turn | undefined): readonly JsonObject[] {
    if (turn.kind === 'results') return inOrderOfCalls(turn.parts, before)
    if (turn.kind === 'model' && this.#habits.checksSignatures) return signed(turn.parts)
    return turn.parts
  }

  #encodeResult(result: ToolResultPart): JsonObject {
    if (result.cacheControl !== undefined) this.#lost.add('messages.content.cache_control')
    const media = result.content
      .filter(part => part.kind !== 'text')
      .map(part => encodeMedia(part, this.#lost))
      .filter(part => part !== undefined)
    if (!this.#habits.mediaInResults) this.#pictures.push(...media)
    return {
      functionResponse: {
        id: result.callId,
        // The wire demands a name; the id of a call that nobody saw is the only one there is.
        name: this.#names.get(result.callId) ?? result.callId,
        response: encodeResponse(result),
        ...(this.#habits.mediaInResults && media.length > 0 && { parts: media }),
      },
    }
  }
}

/** An object that would be read back as the same text stands as it is; any other text is an output or an error. */
function encodeResponse(result: ToolResultPart): JsonObject {
  const text = result.content
    .map(part => (part.kind === 'text' ? part.text : ''))
    .filter(piece => piece !== '')
  const joined = text.join('\n')
  if (result.isError === true) return { error: joined }
  if (joined === '') return {}
  const value = joined.startsWith('{') ? parseLeniently(joined) : undefined
  if (isJsonObject(value)) {
    const read = readResult(value)
    if (read.text === joined && !read.isError) return value
  }
  return { output: joined }
}

function callsIn({ parts }: Turn): readonly JsonObject[] {
  return parts.filter(part => part.functionCall !== undefined)
}

/** Results are matched by their place as well as by their id. */
function inOrderOfCalls(results: readonly JsonObject[], before: Turn | undefined): readonly JsonObject[] {
  const order = new Map<JsonValue | undefined, number>()
  for (const [place, call] of (before === undefined ? [] : callsIn(before)).entries())
    order.set(memberOf(call.functionCall, 'id'), place)
  const placeOf = (result: JsonObject) => order.get(memberOf(result.functionResponse, 'id')) ?? order.size
  return [...results].sort((one, other) => placeOf(one) - placeOf(other))
}

/** The first call of a turn needs a signature; one that the model did not make gets the documented stand-in. */
function signed(parts: readonly JsonObject[]): readonly JsonObject[] {
  const first = parts.find(part => part.functionCall !== undefined)
  if (first === undefined || first.thoughtSignature !== undefined) return parts
  return parts.map(part => (part === first ? { ...part, thoughtSignature: foreignCallSignature } : part))
}
