// What a conversation and an answer say, whatever the wire: for comparing the two ends of a hop.
import type {
  CompletionReply,
  CompletionRequest,
  ContentPart,
  JsonValue,
} from '../../sidecar/dialect/completion.ts'
import { isJsonObject } from '../../sidecar/dialect/json-value.ts'

/** Stands for a picture among words. */
export const picture = '(image)'

/** Everything said in a conversation, in order: words, calls and results. */
export function wordsOf(request: CompletionRequest): readonly string[] {
  return request.messages.flatMap(message => message.content.flatMap(saidIn))
}

/** The same with who said it. */
export function turnsOf(request: CompletionRequest): readonly string[] {
  return request.messages.flatMap(message =>
    message.content.flatMap(saidIn).map(words => `${message.role}: ${words}`),
  )
}

function saidIn(part: ContentPart): readonly string[] {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? [] : [part.text]
    case 'toolCall':
      return [`${part.name} ${JSON.stringify(JSON.parse(part.argumentsText))}`]
    case 'toolResult':
      return part.content.flatMap(saidIn)
    case 'image':
      return [picture]
    default:
      return []
  }
}

/** Pictures that stand inside the result of a tool. */
export function hasPictureInResult(request: CompletionRequest): boolean {
  const parts = request.messages.flatMap(message => message.content)
  return parts.some(part => part.kind === 'toolResult' && part.content.some(inner => inner.kind === 'image'))
}

/** For each result of a tool the running number of the call that it answers; undefined where it answers none. */
export function answeredCalls(request: CompletionRequest): readonly (number | undefined)[] {
  const parts = request.messages.flatMap(message => message.content)
  const calls = parts.flatMap(part => (part.kind === 'toolCall' ? [part.id] : []))
  return parts.flatMap(part => {
    if (part.kind !== 'toolResult') return []
    const index = calls.indexOf(part.callId)
    return [index < 0 ? undefined : index]
  })
}

export function namesOf(request: CompletionRequest): readonly string[] {
  return request.tools.map(tool => tool.name)
}

/** Refusals included: some wires know them as text. */
export function textOf(reply: CompletionReply): string {
  return (reply.choices[0]?.content ?? [])
    .map(part => (part.kind === 'text' || part.kind === 'refusal' ? part.text : ''))
    .join('')
}

export interface SaidCall {
  readonly name: string
  /** The text itself where a limit cut it. */
  readonly arguments: JsonValue
}

export function callsOf(reply: CompletionReply): readonly SaidCall[] {
  return (reply.choices[0]?.content ?? []).flatMap(part =>
    part.kind === 'toolCall' ? [{ name: part.name, arguments: argumentsOf(part.argumentsText) }] : [],
  )
}

/** Where arguments are a value and no text, a call that a limit cut comes wrapped. */
export function unwrapped(call: SaidCall): SaidCall {
  const value = call.arguments
  return isJsonObject(value) && value['unparsed'] !== undefined
    ? { ...call, arguments: value['unparsed'] }
    : call
}

export function callIdsOf(reply: CompletionReply): readonly string[] {
  return (reply.choices[0]?.content ?? []).flatMap(part => (part.kind === 'toolCall' ? [part.id] : []))
}

function argumentsOf(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
