// The conversation as turns that alternate: system text at the top, neighbours of one role merged, tool results first.
import type { ContentPart, JsonObject, Message } from '../completion.ts'
import type { CachePoints } from './cache-points.ts'
import { encodePart, hasText, type PartContext } from './encode-parts.ts'

export interface WireTurn extends JsonObject {
  readonly role: 'user' | 'assistant'
  readonly content: readonly JsonObject[]
}

export interface WireConversation {
  readonly system?: readonly JsonObject[]
  readonly messages: readonly WireTurn[]
}

export interface ConversationContext extends PartContext {
  readonly points: CachePoints
  /** An assistant turn at the end may stay, to be continued by the answer. */
  readonly allowsPrefill: boolean
}

/** Words for a turn that has to be there and says nothing. */
const emptyTurn = '.'
const goOn = 'Continue.'

export function encodeConversation(
  messages: readonly Message[],
  context: ConversationContext,
): WireConversation {
  const system: JsonObject[] = []
  const turns: OpenTurn[] = []
  for (const message of messages) {
    if (message.name !== undefined) context.lost.add('messages.name')
    if (message.role === 'system') {
      // Instructions stand at the top only: they move there, in order.
      if (turns.length > 0) context.lost.add('messages.role')
      system.push(...systemBlocks(message.content, context))
      continue
    }
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    addBlocks(turns, role, encodeBlocks(message.content, context))
  }
  if (turns.length === 0) {
    // Instructions alone are a prompt elsewhere: the last of them is what is asked here.
    context.lost.add('messages.role')
    addBlocks(turns, 'user', [system.findLast(isText) ?? { text: emptyTurn }])
  }
  const complete = completeTurns(turns.map(closeTurn), context)
  return { ...(system.length > 0 && { system }), messages: complete }
}

function systemBlocks(content: readonly ContentPart[], context: ConversationContext): readonly JsonObject[] {
  return content.flatMap(part => {
    if (part.kind !== 'text' || !hasText(part.text)) return []
    return [{ text: part.text }, ...context.points.after(part.cacheControl, 'system.cache_control')]
  })
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
  let before: JsonObject | undefined
  for (const block of blocks) {
    // A cache point stays behind what it follows.
    const place = 'cachePoint' in block ? before : block
    const isResult = place !== undefined && 'toolResult' in place
    if (isResult) turn.results.push(block)
    else turn.others.push(block)
    before = place
  }
}

function closeTurn({ role, results, others }: OpenTurn): WireTurn {
  // A document does not stand alone: the model has to be told something about it.
  const needsText = others.some(block => 'document' in block) && !others.some(isText)
  return { role, content: [...results, ...(needsText ? [{ text: emptyTurn }] : []), ...others] }
}

function isText(block: JsonObject): boolean {
  return 'text' in block
}

function encodeBlocks(content: readonly ContentPart[], context: ConversationContext): readonly JsonObject[] {
  return content.flatMap(part => {
    const block = encodePart(part, context)
    if (block === undefined) return []
    const mark = 'cacheControl' in part ? part.cacheControl : undefined
    return [block, ...context.points.after(mark, 'messages.content.cache_control')]
  })
}

/** The first turn is the user's, and the last one too, unless it can be continued. */
function completeTurns(
  turns: readonly WireTurn[],
  { allowsPrefill }: ConversationContext,
): readonly WireTurn[] {
  const complete = [...turns]
  if (complete[0]?.role === 'assistant') complete.unshift(userTurn(emptyTurn))
  const last = complete.at(-1)
  if (last?.role !== 'assistant' || last.content.some(block => 'toolUse' in block)) return complete
  if (!allowsPrefill) return [...complete, userTurn(goOn)]
  return [...complete.slice(0, -1), withoutTrailingSpace(last)]
}

function userTurn(text: string): WireTurn {
  return { role: 'user', content: [{ text }] }
}

/** A prefill that ends in blanks is refused. */
function withoutTrailingSpace(turn: WireTurn): WireTurn {
  const last = turn.content.at(-1)
  const text = last?.['text']
  if (typeof text !== 'string') return turn
  return { role: turn.role, content: [...turn.content.slice(0, -1), { text: text.trimEnd() }] }
}
