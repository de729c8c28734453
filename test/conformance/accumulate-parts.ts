// The answer that the parts of a stream add up to.
import type {
  Choice,
  CompletionReply,
  ReplyPart,
  StreamPart,
  TokenLogprob,
  Usage,
} from '../../sidecar/dialect/completion.ts'
import type { Failure } from '../../sidecar/failure/failure.ts'

export interface AccumulatedAnswer {
  readonly reply: CompletionReply
  readonly hasEnded: boolean
  /** An error that came in-band, and whether the caller could already see an answer. */
  readonly error?: { readonly failure: Failure; readonly cameAfterText: boolean }
}

interface GrowingCall {
  readonly id: string
  readonly name: string
  text: string
}

interface GrowingChoice {
  readonly items: (ReplyPart | { readonly kind: 'call'; readonly call: GrowingCall })[]
  readonly calls: Map<number, GrowingCall>
  readonly logprobs: TokenLogprob[]
  finish?: Extract<StreamPart, { kind: 'finish' }>
}

export function accumulateParts(parts: readonly StreamPart[]): AccumulatedAnswer {
  const choices = new Map<number, GrowingChoice>()
  let head: Extract<StreamPart, { kind: 'start' }> | undefined
  let usage: Partial<Usage> | undefined
  let error: AccumulatedAnswer['error']
  let hasText = false
  for (const part of parts) {
    if (part.kind === 'start') head ??= part
    else if (part.kind === 'usage') usage = { ...usage, ...part.usage }
    else if (part.kind === 'error') error ??= { failure: part.failure, cameAfterText: hasText }
    else if (part.kind !== 'end') grow(choiceOf(choices, part.choice), part)
    if (part.kind === 'text') hasText = true
  }
  const reply: CompletionReply = {
    id: head?.id ?? '',
    model: head?.model ?? '',
    ...(head?.created !== undefined && { created: head.created }),
    choices: [...choices.entries()]
      .sort(([one], [other]) => one - other)
      .map(([, choice]) => finished(choice)),
    ...(usage !== undefined && { usage: { ...usage, input: usage.input ?? 0, output: usage.output ?? 0 } }),
  }
  const hasEnded = parts.some(part => part.kind === 'end')
  return { reply, hasEnded, ...(error !== undefined && { error }) }
}

function choiceOf(choices: Map<number, GrowingChoice>, index: number): GrowingChoice {
  const known = choices.get(index)
  if (known !== undefined) return known
  const created: GrowingChoice = { items: [], calls: new Map(), logprobs: [] }
  choices.set(index, created)
  return created
}

type ChoicePart = Extract<StreamPart, { choice: number }>

function grow(choice: GrowingChoice, part: ChoicePart): void {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning': {
      const last = choice.items.at(-1)
      const { choice: _choice, ...piece } = part
      if (last?.kind !== piece.kind || !('text' in last)) choice.items.push(piece)
      else choice.items.splice(-1, 1, { ...last, ...piece, text: last.text + piece.text })
      return
    }
    case 'toolCallStart': {
      const call: GrowingCall = { id: part.id, name: part.name, text: '' }
      choice.calls.set(part.block, call)
      choice.items.push({ kind: 'call', call })
      return
    }
    case 'toolCallArguments': {
      const call = choice.calls.get(part.block)
      if (call === undefined) throw new Error(`arguments for call ${part.block}, which never started`)
      call.text += part.text
      return
    }
    case 'other':
      choice.items.push({ kind: 'other', itemKind: part.itemKind })
      return
    case 'citation': {
      const at = choice.items.findLastIndex(item => item.kind === 'text')
      const last = choice.items[at]
      if (last?.kind !== 'text') return
      choice.items[at] = { ...last, citations: [...(last.citations ?? []), part.citation] }
      return
    }
    case 'logprobs':
      choice.logprobs.push(...part.logprobs)
      return
    case 'finish':
      choice.finish = part
  }
}

function finished(choice: GrowingChoice): Choice {
  const content = choice.items.map((item): ReplyPart => {
    if (item.kind !== 'call') return item
    const { id, name, text } = item.call
    return { kind: 'toolCall', id, name, argumentsText: text === '' ? '{}' : text }
  })
  const stopSequence = choice.finish?.stopSequence
  return {
    content,
    finish: choice.finish?.finish ?? null,
    vendorFinish: choice.finish?.vendorFinish ?? null,
    ...(stopSequence !== undefined && { stopSequence }),
    ...(choice.logprobs.length > 0 && { logprobs: choice.logprobs }),
  }
}
