import { Mistral } from '@mistralai/mistralai'
import { type Acts, addPiece, type Caller, clientOf, type Notes, question, weather } from '../caller.ts'

/** Speaks OpenAI's chat; asks once unless it is told how to ask again. */
export const mistral: Caller = {
  name: '@mistralai/mistralai',
  finish: { stop: 'stop', toolCalls: 'tool_calls' },
  raises: {
    overloaded: 'SDKError',
    rateLimited: 'SDKError',
    tooLong: 'SDKError',
    unknownModel: 'SDKError',
  },
  hasNoStreamUsage: true,
  readsNoStreamedCalls: true,
  triesOnOverload: 1,
  connect: async url => clientOf(actsOf(new Mistral({ apiKey: 'a placeholder', serverURL: url }))),
}

type Request = Parameters<Mistral['chat']['complete']>[0]
type Answer = Awaited<ReturnType<Mistral['chat']['complete']>>
type Chunks = Awaited<ReturnType<Mistral['chat']['stream']>>
type Call = NonNullable<NonNullable<NonNullable<Answer['choices'][number]>['message']>['toolCalls']>[number]

const { name, description, parameters } = weather
const tools = [{ type: 'function' as const, function: { name, description, parameters } }]
const messages: Request['messages'] = [{ role: 'user', content: question }]

function noteAnswer(notes: Notes, { choices, usage }: Answer): void {
  const content = choices[0]?.message?.content
  notes.text = typeof content === 'string' ? content : ''
  notes.finish = choices[0]?.finishReason
  notes.outputTokens = usage.completionTokens
}

function noteCalls(notes: Notes, calls: readonly Call[], finish: string | undefined): Request['messages'] {
  notes.calls = calls.map(({ function: called }) => ({
    name: called.name,
    input: typeof called.arguments === 'string' ? JSON.parse(called.arguments) : called.arguments,
  }))
  notes.callFinish = finish
  const results = calls.map(call => ({
    role: 'tool' as const,
    toolCallId: call.id ?? '',
    content: weather.result,
  }))
  return [...messages, { role: 'assistant' as const, content: '', toolCalls: [...calls] }, ...results]
}

async function gather(chunks: Chunks, notes: Notes): Promise<readonly Call[]> {
  const calls = new Map<number, Call>()
  for await (const { data } of chunks) {
    const [choice] = data.choices
    const content = choice?.delta.content
    addPiece(notes, typeof content === 'string' ? content : undefined)
    for (const piece of choice?.delta.toolCalls ?? []) addToCall(calls, piece)
    notes.finish = choice?.finishReason ?? notes.finish
    notes.outputTokens = data.usage?.completionTokens ?? notes.outputTokens
  }
  return [...calls.values()]
}

function addToCall(calls: Map<number, Call>, piece: Call): void {
  const index = piece.index ?? 0
  const known = calls.get(index)
  const before = String(known?.function.arguments ?? '')
  const after = before + String(piece.function.arguments)
  calls.set(index, { ...(known ?? piece), function: { ...(known ?? piece).function, arguments: after } })
}

function actsOf(client: Mistral): Acts {
  return {
    async ask({ model }, notes) {
      noteAnswer(notes, await client.chat.complete({ model, messages }))
    },
    async stream({ model }, notes) {
      await gather(await client.chat.stream({ model, messages }), notes)
    },
    async useTool({ model }, notes) {
      const first = await client.chat.complete({ model, messages, tools })
      const [choice] = first.choices
      const history = noteCalls(notes, choice?.message?.toolCalls ?? [], choice?.finishReason)
      noteAnswer(notes, await client.chat.complete({ model, messages: history, tools }))
    },
    async streamTool({ model }, notes) {
      const first: Notes = { text: '' }
      const calls = await gather(await client.chat.stream({ model, messages, tools }), first)
      const history = noteCalls(notes, calls, first.finish)
      await gather(await client.chat.stream({ model, messages: history, tools }), notes)
    },
  }
}
