// The conversation as turns that alternate: system text at the top, neighbours of one role merged, tool results first.
import type { ContentPart, JsonObject, Message, NeutralParameter } from '../completion.ts'
import type { CacheMarks } from './cache-marks.ts'
import { encodePart, encodeText, type PartContext } from './encode-parts.ts'
import { ToolIds } from './native-id.ts'

export interface WireTurn extends JsonObject {
  readonly role: 'user' | 'assistant'
  readonly content: readonly JsonObject[]
}

export interface WireConversation {
  readonly system?: readonly JsonObject[]
  readonly messages: readonly WireTurn[]
}

export interface ConversationRules {
  /** An assistant turn at the end may stay, to be continued by the answer. */
  readonly allowsPrefill: boolean
  readonly marks: CacheMarks
  readonly lost: Set<NeutralParameter | string>
}

/** Words for a turn that has to be there and says nothing. */
const emptyTurn = '.'
const goOn = 'Continue.'

export function encodeConversation(
  messages: readonly Message[],
  { lost, ...rules }: ConversationRules,
): WireConversation {
  const system: JsonObject[] = []
  const turns: OpenTurn[] = []
  const context: PartContext = { ids: new ToolIds(), lost, marks: rules.marks }
  for (const message of messages) {
    if (message.name !== undefined) lost.add('messages.name')
    if (message.role === 'system') {
      // Only some models take instructions between turns: they move to the top, in order.
      if (turns.length > 0) lost.add('messages.role')
      system.push(...textBlocks(message.content, context))
      continue
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    addBlocks(turns, role, encodeBlocks(message.content, context))
  }
  if (turns.length === 0) {
    // Instructions alone are a prompt elsewhere: the last of them is what is asked here.
    lost.add('messages.role')
    addBlocks(turns, 'user', [system.pop() ?? { type: 'text', text: emptyTurn }])
  }
  const complete = completeTurns(turns.map(closeTurn), rules)
  return { ...(system.length > 0 && { system }), messages: complete }
}

interface OpenTurn {
  readonly role: 'user' | 'assistant'
  /** Results of the tools that the assistant just called: they have to come first. */
  readonly results: JsonObject[]
  readonly others: JsonObject[]
}

function addBlocks(turns: OpenTurn[], role: OpenTurn['role'], blocks: readonly JsonObject[]): void {
  if (blocks.length === 0) return
  let turn = turns.at(-1)
  if (turn?.role !== role) {
    turn = { role, results: [], others: [] }
    turns.push(turn)
  }
  for (const block of blocks) (block['type'] === 'tool_result' ? turn.results : turn.others).push(block)
}

function closeTurn(turn: OpenTurn): WireTurn {
  return { role: turn.role, content: [...turn.results, ...turn.others] }
}

function textBlocks(content: readonly ContentPart[], context: PartContext): readonly JsonObject[] {
  return content
    .map(part => (part.kind === 'text' ? encodeText(part, context, 'system.cache_control') : undefined))
    .filter(block => block !== undefined)
}

function encodeBlocks(content: readonly ContentPart[], context: PartContext): readonly JsonObject[] {
  const blocks: JsonObject[] = []
  for (const part of content) {
    const block = encodePart(part, context)
    if (block !== undefined) blocks.push(block)
  }
  return blocks
}

/** The first turn is the user's, and the last one too, unless it can be continued. */
function completeTurns(
  turns: readonly WireTurn[],
  rules: Pick<ConversationRules, 'allowsPrefill'>,
): readonly WireTurn[] {
  const complete = [...turns]
  if (complete[0]?.role === 'assistant') complete.unshift(userTurn(emptyTurn))
  const last = complete.at(-1)
  if (last?.role !== 'assistant' || callsTools(last)) return complete
  if (!rules.allowsPrefill) return [...complete, userTurn(goOn)]
  return [...complete.slice(0, -1), withoutTrailingSpace(last)]
}

function userTurn(text: string): WireTurn {
  return { role: 'user', content: [{ type: 'text', text }] }
}

function callsTools(turn: WireTurn): boolean {
  return turn.content.some(block => block['type'] === 'tool_use')
}

/** A prefill that ends in blanks is refused. */
function withoutTrailingSpace(turn: WireTurn): WireTurn {
  const last = turn.content.at(-1)
  const text = last?.['text']
  if (last === undefined || typeof text !== 'string') return turn
  return { role: turn.role, content: [...turn.content.slice(0, -1), { ...last, text: text.trimEnd() }] }
}
