// A complete answer as the parts of a stream, and the other way round: stored answers serve both kinds of callers.
import type {
  Choice,
  Citation,
  CompletionReply,
  Finish,
  ReplyPart,
  StreamPart,
  TokenLogprob,
  Usage,
} from '../dialect/completion.ts'

/** The parts of a stream that says the same as this answer, its end included. */
export function partsOf(reply: CompletionReply): readonly StreamPart[] {
  const { id, model, created, usage } = reply
  const start: StreamPart = { kind: 'start', id, model, ...(created !== undefined && { created }) }
  const parts: StreamPart[] = [start]
  reply.choices.forEach((choice, index) => {
    parts.push(...choiceParts(choice, index))
  })
  if (usage !== undefined) parts.push({ kind: 'usage', usage })
  parts.push({ kind: 'end' })
  return parts
}

function choiceParts(answer: Choice, choice: number): readonly StreamPart[] {
  const parts: StreamPart[] = []
  let block = 0
  for (const part of answer.content) {
    if (part.kind === 'toolCall') {
      const { id, name, signature } = part
      parts.push({
        kind: 'toolCallStart',
        choice,
        block,
        id,
        name,
        ...(signature !== undefined && { signature }),
      })
      parts.push({ kind: 'toolCallArguments', choice, block, text: part.argumentsText })
      block += 1
    } else if (part.kind === 'text') {
      parts.push({ kind: 'text', choice, text: part.text })
      for (const citation of part.citations ?? []) parts.push({ kind: 'citation', choice, citation })
    } else parts.push({ ...part, choice })
  }
  const { finish, vendorFinish, stopSequence, logprobs } = answer
  if (logprobs !== undefined) parts.push({ kind: 'logprobs', choice, logprobs })
  parts.push({
    kind: 'finish',
    choice,
    finish: finish ?? 'other',
    vendorFinish: vendorFinish ?? finish ?? 'stop',
    ...(stopSequence !== undefined && { stopSequence }),
  })
  return parts
}

interface ChoiceInProgress {
  readonly content: ReplyPart[]
  finish: Finish | null
  vendorFinish: string | null
  stopSequence?: string
  logprobs?: TokenLogprob[]
}

/** Puts the parts of a finished stream together. Absent ids and models are ''. */
export function collectReply(parts: Iterable<StreamPart>): CompletionReply {
  const choices = new Map<number, ChoiceInProgress>()
  const calls = new Map<string, { content: ReplyPart[]; at: number }>()
  let head: { id?: string; model?: string; created?: number } = {}
  let usage: Partial<Usage> | undefined
  for (const part of parts) {
    if (part.kind === 'start') {
      const { kind: _kind, ...facts } = part
      head = { ...head, ...facts }
    } else if (part.kind === 'usage') usage = { ...usage, ...part.usage }
    else if (part.kind !== 'end' && part.kind !== 'error') addTo(choiceAt(choices, part.choice), part, calls)
  }
  return {
    id: head.id ?? '',
    model: head.model ?? '',
    ...(head.created !== undefined && { created: head.created }),
    choices: [...choices.entries()].sort(([a], [b]) => a - b).map(([, choice]) => choice),
    ...(usage !== undefined && { usage: { ...usage, input: usage.input ?? 0, output: usage.output ?? 0 } }),
  }
}

type ChoicePart = Exclude<StreamPart, { kind: 'start' | 'usage' | 'end' | 'error' }>

function addTo(
  choice: ChoiceInProgress,
  part: ChoicePart,
  calls: Map<string, { content: ReplyPart[]; at: number }>,
): void {
  const { content } = choice
  const last = content.at(-1)
  switch (part.kind) {
    case 'text':
    case 'refusal':
      if (last?.kind === part.kind) content[content.length - 1] = { ...last, text: last.text + part.text }
      else content.push({ kind: part.kind, text: part.text })
      return
    case 'reasoning':
      addReasoning(content, part)
      return
    case 'toolCallStart':
      calls.set(`${part.choice}/${part.block}`, { content, at: content.length })
      content.push({
        kind: 'toolCall',
        id: part.id,
        name: part.name,
        argumentsText: '',
        ...(part.signature !== undefined && { signature: part.signature }),
      })
      return
    case 'toolCallArguments':
      addArguments(calls.get(`${part.choice}/${part.block}`), part.text)
      return
    case 'other':
      content.push({ kind: 'other', itemKind: part.itemKind })
      return
    case 'citation':
      cite(content, part.citation)
      return
    case 'logprobs':
      choice.logprobs = [...(choice.logprobs ?? []), ...part.logprobs]
      return
    case 'finish':
      choice.finish = part.finish
      choice.vendorFinish = part.vendorFinish
      if (part.stopSequence !== undefined) choice.stopSequence = part.stopSequence
  }
}

function addReasoning(content: ReplyPart[], part: Extract<StreamPart, { kind: 'reasoning' }>): void {
  const last = content.at(-1)
  const { choice: _choice, ...piece } = part
  if (last?.kind !== 'reasoning' || piece.redactedData !== undefined) content.push(piece)
  else content[content.length - 1] = { ...last, ...piece, text: last.text + piece.text }
}

/** Of the text that was said last. */
function cite(content: ReplyPart[], citation: Citation): void {
  const at = content.findLastIndex(part => part.kind === 'text')
  const text = content[at]
  if (text?.kind === 'text') content[at] = { ...text, citations: [...(text.citations ?? []), citation] }
}

function addArguments(call: { content: ReplyPart[]; at: number } | undefined, text: string): void {
  const part = call?.content[call.at]
  if (call === undefined || part?.kind !== 'toolCall') return
  call.content[call.at] = { ...part, argumentsText: part.argumentsText + text }
}

/** Keyed, not padded: an index is a stranger's number. */
function choiceAt(choices: Map<number, ChoiceInProgress>, index: number): ChoiceInProgress {
  const known = choices.get(index)
  if (known !== undefined) return known
  const choice: ChoiceInProgress = { content: [], finish: null, vendorFinish: null }
  choices.set(index, choice)
  return choice
}
