// The messages of a chat request → neutral messages, turn by turn.
import type { ContentPart, JsonObject, JsonValue, Message, ToolResultPart } from '../completion.ts'
import {
  isGiven,
  isJsonList,
  isJsonObject,
  readList,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
  textIn,
} from '../json-value.ts'
import { decodeContent } from './decode-content.ts'
import { reasoningIn } from './decode-reply.ts'
import { reasoningMembers } from './vendor-habits.ts'

export function decodeMessages(body: JsonObject, untranslated: Set<string>): readonly Message[] {
  const list = readList(body, 'messages')
  if (list === undefined || list.length === 0)
    throw refuseMember('messages', 'a list with at least one message')
  const legacy = new LegacyCalls()
  return list.map((value, index) => {
    const path = `messages[${index}]`
    const message = requireObject(value, path)
    noteForeignMembers(message, untranslated)
    return decodeMessage(message, { path, untranslated, legacy })
  })
}

interface MessageContext {
  readonly path: string
  readonly untranslated: Set<string>
  readonly legacy: LegacyCalls
}

function decodeMessage(message: JsonObject, context: MessageContext): Message {
  const { path, untranslated } = context
  const named = nameOf(message, path)
  const content = () => decodeContent(message.content, `${path}.content`, untranslated)
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: content(), ...named }
    case 'user':
      return { role: 'user', content: content(), ...named }
    case 'assistant':
      return { role: 'assistant', content: decodeAssistant(message, context), ...named }
    case 'tool': {
      const callId = readRequiredText(message, 'tool_call_id', `${path}.tool_call_id`)
      return { role: 'tool', content: [toolResult(callId, content(), untranslated)] }
    }
    case 'function': {
      const name = readRequiredText(message, 'name', `${path}.name`)
      return { role: 'tool', content: [toolResult(context.legacy.answered(name), content(), untranslated)] }
    }
    default:
      throw refuseMember(`${path}.role`, 'one of system, developer, user, assistant, tool, function')
  }
}

function nameOf(message: JsonObject, path: string): { readonly name?: string } {
  const name = readText(message, 'name', `${path}.name`)
  return name === undefined ? {} : { name }
}

function toolResult(
  callId: string,
  content: readonly ContentPart[],
  untranslated: Set<string>,
): ToolResultPart {
  const carried: ToolResultPart['content'][number][] = []
  for (const part of content) {
    if (part.kind === 'text' || part.kind === 'image' || part.kind === 'file') carried.push(part)
    else untranslated.add(`messages.content.${part.kind === 'audio' ? 'input_audio' : part.kind}`)
  }
  return { kind: 'toolResult', callId, content: carried }
}

function decodeAssistant(
  message: JsonObject,
  { path, untranslated, legacy }: MessageContext,
): readonly ContentPart[] {
  const parts: ContentPart[] = []
  const reasoning = reasoningIn(message)
  if (reasoning !== undefined) parts.push({ kind: 'reasoning', text: reasoning })
  parts.push(...decodeContent(message.content, `${path}.content`, untranslated))
  const refusal = readText(message, 'refusal', `${path}.refusal`)
  if (refusal !== undefined && refusal !== '') parts.push({ kind: 'refusal', text: refusal })
  for (const [index, value] of (readList(message, 'tool_calls', `${path}.tool_calls`) ?? []).entries()) {
    const callPath = `${path}.tool_calls[${index}]`
    const call = requireObject(value, callPath)
    if (isJsonObject(call.function)) {
      const id = readRequiredText(call, 'id', `${callPath}.id`)
      parts.push({ kind: 'toolCall', id, ...decodeCalled(call.function, `${callPath}.function`) })
    } else untranslated.add(`messages.tool_calls.${textIn(call.type) ?? 'function'}`)
  }
  const called = readObject(message, 'function_call', `${path}.function_call`)
  if (called !== undefined) {
    const { name, argumentsText } = decodeCalled(called, `${path}.function_call`)
    parts.push({ kind: 'toolCall', id: legacy.called(name), name, argumentsText })
  }
  return parts
}

function decodeCalled(
  called: JsonObject,
  path: string,
): { readonly name: string; readonly argumentsText: string } {
  // Some clients keep the object that the arguments stand for.
  const given = called.arguments
  const text = isJsonObject(given)
    ? JSON.stringify(given)
    : (readText(called, 'arguments', `${path}.arguments`) ?? '')
  return {
    name: readRequiredText(called, 'name', `${path}.name`),
    argumentsText: text.trim() === '' ? '{}' : text,
  }
}

/** Function calls of the time before tools have no ids: a result belongs to the latest call of its name. */
class LegacyCalls {
  readonly #latest = new Map<string, string>()
  #count = 0

  called(name: string): string {
    const id = `call_legacy_${this.#count}`
    this.#count += 1
    this.#latest.set(name, id)
    return id
  }

  answered(name: string): string {
    return this.#latest.get(name) ?? this.called(name)
  }
}

const readMembers = new Set([
  'role',
  'content',
  'name',
  'refusal',
  ...reasoningMembers,
  'tool_calls',
  'tool_call_id',
  'function_call',
])

function noteForeignMembers(message: JsonObject, untranslated: Set<string>): void {
  for (const name of Object.keys(message)) {
    if (!readMembers.has(name) && saysSomething(message[name])) untranslated.add(`messages.${name}`)
  }
}

/** Clients send an answer back as it came, empty lists and nulls included. */
function saysSomething(value: JsonValue | undefined): boolean {
  return isGiven(value) && !(isJsonList(value) && value.length === 0)
}
