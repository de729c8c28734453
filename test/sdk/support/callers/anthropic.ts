import Anthropic from '@anthropic-ai/sdk'
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

export const anthropic: Caller = {
  name: '@anthropic-ai/sdk',
  finish: { stop: 'end_turn', toolCalls: 'tool_use' },
  raises: {
    overloaded: 'ServiceUnavailableError',
    rateLimited: 'RateLimitError',
    tooLong: 'BadRequestError',
    unknownModel: 'NotFoundError',
  },
  triesOnOverload: 3,
  connect: async url =>
    clientOf(
      actsOf(({ retries }) => {
        const options = retries === 'none' ? { maxRetries: 0 } : {}
        return new Anthropic({ apiKey: 'a placeholder', baseURL: url, ...options })
      }),
    ),
}

const { name, description, parameters } = weather
const tools = [{ name, description, input_schema: parameters }]
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }]
const limits = { max_tokens: 1_000 }

function noteAnswer(notes: Notes, message: Anthropic.Message): void {
  notes.text = message.content.map(part => (part.type === 'text' ? part.text : '')).join('')
  notes.finish = message.stop_reason ?? undefined
  notes.outputTokens = message.usage.output_tokens
}

function noteCalls(notes: Notes, message: Anthropic.Message): Anthropic.MessageParam[] {
  const calls = message.content.filter(part => part.type === 'tool_use')
  notes.calls = calls.map(call => ({ name: call.name, input: call.input }))
  notes.callFinish = message.stop_reason ?? undefined
  const results = calls.map(call => ({
    type: 'tool_result' as const,
    tool_use_id: call.id,
    content: weather.result,
  }))
  return [...messages, { role: 'assistant', content: message.content }, { role: 'user', content: results }]
}

function actsOf(client: (scene: Scene) => Anthropic): Acts {
  return {
    async ask(scene, notes) {
      noteAnswer(notes, await client(scene).messages.create({ model: scene.model, messages, ...limits }))
    },
    async stream(scene, notes) {
      const stream = client(scene).messages.stream({ model: scene.model, messages, ...limits })
      stream.on('text', text => addPiece(notes, text))
      const final = await stream.finalMessage()
      notes.finish = final.stop_reason ?? undefined
      notes.outputTokens = final.usage.output_tokens
    },
    async useTool(scene, notes) {
      const request = { model: scene.model, tools, ...limits }
      const history = noteCalls(notes, await client(scene).messages.create({ ...request, messages }))
      noteAnswer(notes, await client(scene).messages.create({ ...request, messages: history }))
    },
    async streamTool(scene, notes) {
      const request = { model: scene.model, tools, ...limits }
      const first = await client(scene)
        .messages.stream({ ...request, messages })
        .finalMessage()
      const history = noteCalls(notes, first)
      const second = client(scene).messages.stream({ ...request, messages: history })
      noteAnswer(notes, await second.finalMessage())
    },
  }
}
