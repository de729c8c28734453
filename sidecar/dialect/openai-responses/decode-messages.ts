// The input items of a Responses request → neutral messages. An answer of the model is a run of items here (reasoning, text,
// calls) and one turn there.
import type { ContentPart, JsonObject, Message, ToolResultPart } from '../completion.ts'
import {
  isGiven,
  isJsonList,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
  textIn,
} from '../json-value.ts'
import { decodeContent } from './decode-content.ts'
import { reasoningText } from './decode-reply.ts'
import { isForeignItemId } from './output-items.ts'

/** Grows while the input is read. */
export interface InputContext {
  readonly untranslated: Set<string>
  /** Part of the conversation lies at the vendor. */
  isAtVendor: boolean
}

/** @throws RequestRejected naming the path of what is no input. */
export function decodeMessages(body: JsonObject, context: InputContext): readonly Message[] {
  const { input } = body
  if (typeof input === 'string') return [{ role: 'user', content: [{ kind: 'text', text: input }] }]
  // With a stored prompt or conversation there may be nothing to add.
  if (!isGiven(input) && context.isAtVendor) return []
  if (!isJsonList(input)) throw refuseMember('input', 'a string or a list of items')
  if (input.length === 0 && !context.isAtVendor)
    throw refuseMember('input', 'a string or a list with at least one item')
  const turns = new Turns()
  for (const [index, value] of input.entries()) {
    const path = `input[${index}]`
    decodeItem(requireObject(value, path), { path, context, turns })
  }
  return turns.messages
}

interface Place {
  readonly path: string
  readonly context: InputContext
  readonly turns: Turns
}

class Turns {
  readonly messages: Message[] = []
  #answer: ContentPart[] | undefined

  add(message: Message): void {
    this.#answer = undefined
    this.messages.push(message)
  }

  /** Continues the turn of the assistant, or begins one. */
  addToAnswer(parts: readonly ContentPart[]): void {
    if (parts.length === 0) return
    if (this.#answer === undefined) {
      this.#answer = []
      this.messages.push({ role: 'assistant', content: this.#answer })
    }
    this.#answer.push(...parts)
  }
}

function decodeItem(item: JsonObject, place: Place): void {
  const { path, context, turns } = place
  const kind = readText(item, 'type', `${path}.type`) ?? 'message'
  switch (kind) {
    case 'message':
      return decodeMessage(item, place)
    case 'function_call':
      return turns.addToAnswer([decodeCall(item, path)])
    case 'function_call_output':
      return turns.add({ role: 'tool', content: [decodeCallOutput(item, place)] })
    case 'reasoning':
      return turns.addToAnswer(decodeReasoning(item, context.untranslated))
    case 'item_reference':
    case 'compaction':
      if (isForeignItemId(item.id)) break
      // Words of the conversation that only the vendor can look up or read.
      context.isAtVendor = true
  }
  // Built-in tools and their results, custom tools, approvals: bound to this vendor.
  context.untranslated.add(`input.${kind}`)
}

function decodeMessage(item: JsonObject, { path, context, turns }: Place): void {
  if (isGiven(item.phase)) context.untranslated.add('input.phase')
  const content = decodeContent(item.content, `${path}.content`, context.untranslated)
  switch (item.role) {
    case 'system':
    case 'developer':
      return turns.add({ role: 'system', content })
    case 'user':
      return turns.add({ role: 'user', content })
    case 'assistant':
      return turns.addToAnswer(content)
    default:
      throw refuseMember(`${path}.role`, 'one of user, assistant, system, developer')
  }
}

function decodeCall(item: JsonObject, path: string): ContentPart {
  const text = readText(item, 'arguments', `${path}.arguments`) ?? ''
  return {
    kind: 'toolCall',
    id: readRequiredText(item, 'call_id', `${path}.call_id`),
    name: readRequiredText(item, 'name', `${path}.name`),
    argumentsText: text.trim() === '' ? '{}' : text,
  }
}

function decodeCallOutput(item: JsonObject, { path, context }: Place): ToolResultPart {
  const content: ToolResultPart['content'][number][] = []
  for (const part of decodeContent(item.output, `${path}.output`, context.untranslated)) {
    if (part.kind === 'text' || part.kind === 'image' || part.kind === 'file') content.push(part)
    else context.untranslated.add(`input.output.${part.kind}`)
  }
  return { kind: 'toolResult', callId: readRequiredText(item, 'call_id', `${path}.call_id`), content }
}

/** Only what can be read: the encrypted form is bound to the account that it came from, and so it stays behind. */
function decodeReasoning(item: JsonObject, untranslated: Set<string>): readonly ContentPart[] {
  if (textIn(item.encrypted_content) !== undefined) untranslated.add('input.reasoning.encrypted_content')
  const text = reasoningText(item)
  return text === '' ? [] : [{ kind: 'reasoning', text }]
}
