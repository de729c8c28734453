import type OpenAI from 'openai'
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

/** The exceptions of OpenAI's package, whichever of its APIs is called. */
export const openAiExceptions = {
  overloaded: 'InternalServerError',
  rateLimited: 'RateLimitError',
  tooLong: 'BadRequestError',
  unknownModel: 'NotFoundError',
} as const

export type OpenAiFactory = (url: string, options: { maxRetries?: number }, model: string) => OpenAI

/** @param create a client for one scene; some bind a client to its model. */
export function openAiChat(name: string, create: OpenAiFactory): Caller {
  return {
    name,
    finish: { stop: 'stop', toolCalls: 'tool_calls' },
    raises: { ...openAiExceptions, broken: 'APIError' },
    triesOnOverload: 3,
    connect: async url => clientOf(actsOf(scene => clientFor(create, url, scene))),
  }
}

export function clientFor(create: OpenAiFactory, url: string, { retries, model }: Scene): OpenAI {
  return create(url, retries === 'none' ? { maxRetries: 0 } : {}, model)
}

const messages = [{ role: 'user' as const, content: question }]
const { name, description, parameters } = weather
const tools = [{ type: 'function' as const, function: { name, description, parameters } }]

function noteAnswer(notes: Notes, completion: OpenAI.ChatCompletion): void {
  const [choice] = completion.choices
  notes.text = choice?.message.content ?? ''
  notes.finish = choice?.finish_reason
  notes.outputTokens = completion.usage?.completion_tokens
}

function noteCalls(notes: Notes, completion: OpenAI.ChatCompletion): OpenAI.ChatCompletionMessageParam[] {
  const [choice] = completion.choices
  const calls = (choice?.message.tool_calls ?? []).filter(call => call.type === 'function')
  notes.calls = calls.map(call => ({ name: call.function.name, input: JSON.parse(call.function.arguments) }))
  notes.callFinish = choice?.finish_reason
  const results = calls.map(call => ({
    role: 'tool' as const,
    tool_call_id: call.id,
    content: weather.result,
  }))
  return [...messages, ...(choice === undefined ? [] : [choice.message]), ...results]
}

function actsOf(client: (scene: Scene) => OpenAI): Acts {
  return {
    async ask(scene, notes) {
      noteAnswer(notes, await client(scene).chat.completions.create({ model: scene.model, messages }))
    },
    async stream(scene, notes) {
      const options = { stream: true, stream_options: { include_usage: true } } as const
      const request = { model: scene.model, messages, ...options }
      for await (const chunk of await client(scene).chat.completions.create(request)) {
        addPiece(notes, chunk.choices[0]?.delta.content)
        notes.finish = chunk.choices[0]?.finish_reason ?? notes.finish
        notes.outputTokens = chunk.usage?.completion_tokens ?? notes.outputTokens
      }
    },
    async useTool(scene, notes) {
      const { completions } = client(scene).chat
      const first = await completions.create({ model: scene.model, messages, tools })
      const history = noteCalls(notes, first)
      noteAnswer(notes, await completions.create({ model: scene.model, messages: history, tools }))
    },
    async streamTool(scene, notes) {
      const { completions } = client(scene).chat
      const first = await completions.stream({ model: scene.model, messages, tools }).finalChatCompletion()
      const history = noteCalls(notes, first)
      const second = completions.stream({ model: scene.model, messages: history, tools })
      noteAnswer(notes, await second.finalChatCompletion())
    },
  }
}
