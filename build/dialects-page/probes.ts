// One request for everything that a translation may have to carry. A probe says too where to look whether it arrived.
import type { CompletionRequest, ContentPart, Message, Tool } from '../../sidecar/dialect/completion.ts'

export interface Probe {
  readonly name: string
  readonly request: Partial<CompletionRequest>
  /** What there is of it in a request; undefined for nothing. */
  look(request: CompletionRequest): unknown
}

const question: Message = { role: 'user', content: [{ kind: 'text', text: 'And now?' }] }
const answer: Message = { role: 'assistant', content: [{ kind: 'text', text: 'Here it is.' }] }

export const plainRequest: CompletionRequest = {
  model: 'asked',
  stream: false,
  messages: [question],
  tools: [],
  maxOutputTokens: 8192,
  untranslated: [],
}

const tool: Tool = {
  name: 'look_up',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
}

type Parameter = 'temperature' | 'topP' | 'topK' | 'stop' | 'seed' | 'frequencyPenalty' | 'presencePenalty'
type Wish = 'choices' | 'logprobs' | 'responseFormat' | 'reasoning' | 'endUser' | 'serviceTier'
type ToolWish = 'tools' | 'toolChoice' | 'parallelToolCalls'

function parameter<Name extends Parameter | Wish | ToolWish>(
  name: string,
  member: Name,
  value: NonNullable<CompletionRequest[Name]>,
): Probe {
  const isOfTools = member === 'toolChoice' || member === 'parallelToolCalls'
  const request = isOfTools ? { tools: [tool], [member]: value } : { [member]: value }
  const throughTool = (arrived: CompletionRequest) =>
    member === 'responseFormat' && arrived.tools.length > 0 ? 'a tool' : undefined
  return { name, request, look: arrived => arrived[member] ?? throughTool(arrived) }
}

/** A turn of the user's with this part behind its words. */
function shown(name: string, part: ContentPart): Probe {
  const messages = [{ ...question, content: [...question.content, part] }]
  return {
    name,
    request: { messages },
    look: arrived => partsOf(arrived).find(one => one.kind === part.kind),
  }
}

/** A turn of the assistant's in the history that begins with this part. */
function remembered(name: string, part: ContentPart): Probe {
  const messages: readonly Message[] = [
    question,
    { role: 'assistant', content: [part, ...answer.content] },
    question,
  ]
  return {
    name,
    request: { messages },
    look: arrived => partsOf(arrived).find(one => one.kind === part.kind),
  }
}

const call: ContentPart = {
  kind: 'toolCall',
  id: 'call_1',
  name: 'look_up',
  argumentsText: '{"city":"Oslo"}',
}
const picture: ContentPart = {
  kind: 'image',
  source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
}

function resultWith(name: string, more: Partial<Extract<ContentPart, { kind: 'toolResult' }>>): Probe {
  const result = { kind: 'toolResult', callId: 'call_1', content: [{ kind: 'text', text: 'rain' }] } as const
  const messages: readonly Message[] = [
    question,
    { role: 'assistant', content: [call] },
    { role: 'tool', content: [{ ...result, ...more }] },
  ]
  const look = (arrived: CompletionRequest) => partsOf(arrived).find(part => part.kind === 'toolResult')
  return { name, request: { tools: [tool], messages }, look }
}

function partsOf({ messages }: CompletionRequest): readonly ContentPart[] {
  return messages.flatMap(message => message.content)
}

const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0xLjQK' } as const

export const parameterProbes: readonly Probe[] = [
  parameter('temperature', 'temperature', 0.5),
  parameter('top-p', 'topP', 0.5),
  parameter('top-k', 'topK', 40),
  parameter('stop sequences', 'stop', ['END']),
  parameter('seed', 'seed', 7),
  parameter('frequency penalty', 'frequencyPenalty', 0.5),
  parameter('presence penalty', 'presencePenalty', 0.5),
  parameter('several choices', 'choices', 2),
  parameter('log probabilities', 'logprobs', { top: 2 }),
  parameter('JSON output', 'responseFormat', { kind: 'json' }),
  parameter('JSON-schema output', 'responseFormat', {
    kind: 'jsonSchema',
    name: 'answer',
    schema: tool.parameters,
    strict: true,
  }),
  parameter('reasoning effort', 'reasoning', { effort: 'high' }),
  parameter('reasoning budget', 'reasoning', { budgetTokens: 4096 }),
  parameter('id of the end user', 'endUser', 'user-1'),
  parameter('service tier', 'serviceTier', 'flex'),
  parameter('tools', 'tools', [tool]),
  parameter('strict tools', 'tools', [{ ...tool, strict: true }]),
  parameter('tool choice: none', 'toolChoice', { kind: 'none' }),
  parameter('tool choice: any', 'toolChoice', { kind: 'required' }),
  parameter('tool choice: one by name', 'toolChoice', { kind: 'tool', name: tool.name }),
  parameter('no parallel tool calls', 'parallelToolCalls', false),
]

export const contentProbes: readonly Probe[] = [
  shown('image, inline', picture),
  shown('image, by URL', { kind: 'image', source: { kind: 'url', url: 'https://pictures.example/1.png' } }),
  shown('image, by a vendor’s file id', { kind: 'image', source: { kind: 'vendorFile', id: 'file-1' } }),
  shown('document, inline', { kind: 'file', source: pdf, name: 'report.pdf' }),
  shown('document, by URL', { kind: 'file', source: { kind: 'url', url: 'https://papers.example/1.pdf' } }),
  shown('audio', { kind: 'audio', format: 'wav', data: 'UklGRg==' }),
  {
    name: 'system text in mid-conversation',
    request: {
      messages: [
        question,
        answer,
        { role: 'system', content: [{ kind: 'text', text: 'Be brief.' }] },
        question,
      ],
    },
    look: arrived => arrived.messages.map(message => message.role),
  },
  {
    name: 'name of an author',
    request: { messages: [{ ...question, name: 'ada' }] },
    look: arrived => arrived.messages.find(message => message.name !== undefined)?.name,
  },
  {
    name: 'an unfinished answer to continue',
    request: { messages: [question, answer] },
    look: arrived => (arrived.messages.at(-1)?.role === 'assistant' ? 'assistant' : undefined),
  },
  resultWith('tool result', {}),
  resultWith('tool result, failed', { isError: true }),
  resultWith('tool result with a picture', { content: [{ kind: 'text', text: 'rain' }, picture] }),
  remembered('reasoning, readable', { kind: 'reasoning', text: 'they ask for the weather' }),
  remembered('reasoning, signed', { kind: 'reasoning', text: 'they ask for it', signature: 'c2ln' }),
  remembered('refusal', { kind: 'refusal', text: 'I would rather not.' }),
  {
    name: 'cache control on a message',
    request: { messages: [{ role: 'user', content: [{ kind: 'text', text: 'long', cacheControl: {} }] }] },
    look: arrived => partsOf(arrived).find(part => part.kind === 'text' && part.cacheControl !== undefined),
  },
  {
    name: 'cache control on system text',
    request: {
      messages: [{ role: 'system', content: [{ kind: 'text', text: 'long', cacheControl: {} }] }, question],
    },
    look: arrived => partsOf(arrived).find(part => part.kind === 'text' && part.cacheControl !== undefined),
  },
  {
    name: 'cache control on tools',
    request: { tools: [{ ...tool, cacheControl: {} }] },
    look: arrived => arrived.tools.find(one => one.cacheControl !== undefined),
  },
  {
    name: 'cache control on a tool result',
    request: resultWith('', { cacheControl: {} }).request,
    look: arrived =>
      partsOf(arrived).find(part => part.kind === 'toolResult' && part.cacheControl !== undefined),
  },
]
