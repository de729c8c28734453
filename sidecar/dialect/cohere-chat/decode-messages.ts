// The messages of a chat request → neutral messages, turn by turn.
import type { ContentPart, JsonObject, Message, ToolCallPart, ToolResultPart } from '../completion.ts'
import {
  isFilled,
  readList,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
} from '../json-value.ts'
import { decodeContent } from './decode-content.ts'

export function decodeMessages(body: JsonObject, untranslated: Set<string>): readonly Message[] {
  const list = readList(body, 'messages')
  if (list === undefined || list.length === 0)
    throw refuseMember('messages', 'a list with at least one message')
  return list.map((value, index) => {
    const path = `messages[${index}]`
    const message = requireObject(value, path)
    noteForeignMembers(message, untranslated)
    return decodeMessage(message, path, untranslated)
  })
}

function decodeMessage(message: JsonObject, path: string, untranslated: Set<string>): Message {
  const content = () => decodeContent(message.content, `${path}.content`, untranslated)
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: content() }
    case 'user':
      return { role: 'user', content: content() }
    case 'assistant':
      return { role: 'assistant', content: decodeAssistant(message, path, content()) }
    case 'tool': {
      const callId = readRequiredText(message, 'tool_call_id', `${path}.tool_call_id`)
      return { role: 'tool', content: [toolResult(callId, content())] }
    }
    default:
      throw refuseMember(`${path}.role`, 'one of system, user, assistant, tool')
  }
}

function toolResult(callId: string, content: readonly ContentPart[]): ToolResultPart {
  const carried = content.filter(part => part.kind === 'text' || part.kind === 'image')
  return { kind: 'toolResult', callId, content: carried }
}

/** A plan is what the model said before it called its tools: elsewhere that is plain text in front of the calls. */
function decodeAssistant(
  message: JsonObject,
  path: string,
  content: readonly ContentPart[],
): readonly ContentPart[] {
  const plan = readText(message, 'tool_plan', `${path}.tool_plan`) ?? ''
  const calls = readList(message, 'tool_calls', `${path}.tool_calls`) ?? []
  return [
    ...content,
    ...(plan === '' ? [] : [{ kind: 'text', text: plan } as const]),
    ...calls.map((value, index) => {
      const callPath = `${path}.tool_calls[${index}]`
      return decodeCall(requireObject(value, callPath), callPath)
    }),
  ]
}

function decodeCall(call: JsonObject, path: string): ToolCallPart {
  const called = readObject(call, 'function', `${path}.function`)
  if (called === undefined) throw refuseMember(`${path}.function`, 'an object')
  const text = readText(called, 'arguments', `${path}.function.arguments`) ?? ''
  return {
    kind: 'toolCall',
    id: readRequiredText(call, 'id', `${path}.id`),
    name: readRequiredText(called, 'name', `${path}.function.name`),
    argumentsText: text.trim() === '' ? '{}' : text,
  }
}

const readMembers = new Set(['role', 'content', 'tool_plan', 'tool_calls', 'tool_call_id'])

/** Clients send an answer back as it came, citations included: nobody reads them again. */
function noteForeignMembers(message: JsonObject, untranslated: Set<string>): void {
  for (const name of Object.keys(message)) {
    if (!readMembers.has(name) && name !== 'citations' && isFilled(message[name])) {
      untranslated.add(`messages.${name}`)
    }
  }
}
