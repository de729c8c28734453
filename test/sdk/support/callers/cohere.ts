import { type Cohere, CohereClientV2 } from 'cohere-ai'
import {
  type Acts,
  addPiece,
  type Caller,
  clientOf,
  type Notes,
  question,
  type Scene,
  weather,
} from '../caller.ts'

export const cohere: Caller = {
  name: 'cohere-ai',
  finish: { stop: 'COMPLETE', toolCalls: 'TOOL_CALL' },
  raises: {
    overloaded: 'ServiceUnavailableError',
    rateLimited: 'TooManyRequestsError',
    tooLong: 'BadRequestError',
    unknownModel: 'NotFoundError',
  },
  triesOnOverload: 3,
  connect: async url =>
    clientOf(
      actsOf(({ retries }) => {
        const options = retries === 'none' ? { maxRetries: 0 } : {}
        return new CohereClientV2({ token: 'a placeholder', environment: url, ...options })
      }),
    ),
}

const { name, description, parameters } = weather
const tools: Cohere.ToolV2[] = [{ type: 'function', function: { name, description, parameters } }]
const messages: Cohere.ChatMessageV2[] = [{ role: 'user', content: question }]

interface Answer {
  readonly finishReason: string | undefined
  readonly message: Cohere.AssistantMessageResponse
  readonly usage?: Cohere.Usage | undefined
}

function noteAnswer(notes: Notes, { finishReason, message, usage }: Answer): void {
  notes.text = (message.content ?? []).map(part => (part.type === 'text' ? part.text : '')).join('')
  notes.finish = finishReason
  notes.outputTokens = usage?.tokens?.outputTokens
}

function noteCalls(notes: Notes, { finishReason, message }: Answer): Cohere.ChatMessageV2[] {
  const calls = message.toolCalls ?? []
  notes.calls = calls.map(call => ({
    name: call.function?.name ?? '',
    input: JSON.parse(call.function?.arguments ?? ''),
  }))
  notes.callFinish = finishReason
  const results = calls.map(call => ({
    role: 'tool' as const,
    toolCallId: call.id ?? '',
    content: weather.result,
  }))
  const said: Cohere.ChatMessageV2 = {
    role: 'assistant',
    toolCalls: calls,
    ...(message.toolPlan === undefined ? {} : { toolPlan: message.toolPlan }),
  }
  return [...messages, said, ...results]
}

/** Puts a streamed answer together, as this package leaves to its users. */
async function gather(stream: AsyncIterable<Cohere.V2ChatStreamResponse>, notes: Notes): Promise<Answer> {
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  let toolPlan = ''
  for await (const event of stream) {
    if (event.type === 'content-delta') addPiece(notes, event.delta?.message?.content?.text)
    if (event.type === 'tool-plan-delta') toolPlan += event.delta?.message?.toolPlan ?? ''
    if (event.type === 'tool-call-start') {
      const started = event.delta?.message?.toolCalls
      const { name: called = '', arguments: text = '' } = started?.function ?? {}
      calls.push({ id: started?.id ?? '', type: 'function', function: { name: called, arguments: text } })
    }
    if (event.type === 'tool-call-delta') {
      const last = calls.at(-1)
      if (last) last.function.arguments += event.delta?.message?.toolCalls?.function?.arguments ?? ''
    }
    if (event.type === 'message-end') {
      notes.finish = event.delta?.finishReason
      notes.outputTokens = event.delta?.usage?.tokens?.outputTokens
    }
  }
  const message = { role: 'assistant' as const, toolCalls: calls, ...(toolPlan === '' ? {} : { toolPlan }) }
  return { finishReason: notes.finish, message }
}

function actsOf(client: (scene: Scene) => CohereClientV2): Acts {
  return {
    async ask(scene, notes) {
      noteAnswer(notes, await client(scene).chat({ model: scene.model, messages }))
    },
    async stream(scene, notes) {
      await gather(await client(scene).chatStream({ model: scene.model, messages }), notes)
    },
    async useTool(scene, notes) {
      const first = await client(scene).chat({ model: scene.model, messages, tools })
      const history = noteCalls(notes, first)
      noteAnswer(notes, await client(scene).chat({ model: scene.model, messages: history, tools }))
    },
    async streamTool(scene, notes) {
      const first = await gather(await client(scene).chatStream({ model: scene.model, messages, tools }), {
        text: '',
      })
      const history = noteCalls(notes, first)
      await gather(await client(scene).chatStream({ model: scene.model, messages: history, tools }), notes)
    },
  }
}
