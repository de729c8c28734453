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
import { clientFor, type OpenAiFactory, openAiExceptions } from './openai-chat.ts'

export function openAiResponses(name: string, create: OpenAiFactory): Caller {
  return {
    name,
    // Calls end an answer of this format as any other end does.
    finish: { stop: 'completed', toolCalls: 'completed' },
    raises: { ...openAiExceptions, broken: 'APIError' },
    triesOnOverload: 3,
    connect: async url => clientOf(actsOf(scene => clientFor(create, url, scene))),
  }
}

type Response = OpenAI.Responses.Response
type Item = OpenAI.Responses.ResponseInputItem

const { name, description, parameters } = weather
const tools = [{ type: 'function' as const, name, description, parameters, strict: false }]
const input: Item[] = [{ role: 'user', content: question }]

function noteAnswer(notes: Notes, response: Response): void {
  notes.text = response.output_text
  noteEnd(notes, response)
}

function noteEnd(notes: Notes, response: Response): void {
  notes.finish = response.status
  notes.outputTokens = response.usage?.output_tokens
}

function noteCalls(notes: Notes, response: Response): Item[] {
  const calls = response.output.filter(item => item.type === 'function_call')
  notes.calls = calls.map(call => ({ name: call.name, input: JSON.parse(call.arguments) }))
  notes.callFinish = response.status
  const results = calls.map(call => ({
    type: 'function_call_output' as const,
    call_id: call.call_id,
    output: weather.result,
  }))
  return [...input, ...calls, ...results]
}

function actsOf(client: (scene: Scene) => OpenAI): Acts {
  return {
    async ask(scene, notes) {
      noteAnswer(notes, await client(scene).responses.create({ model: scene.model, input }))
    },
    async stream(scene, notes) {
      const stream = await client(scene).responses.create({ model: scene.model, input, stream: true })
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') addPiece(notes, event.delta)
        if (event.type === 'response.completed') noteEnd(notes, event.response)
      }
    },
    async useTool(scene, notes) {
      const { responses } = client(scene)
      const history = noteCalls(notes, await responses.create({ model: scene.model, input, tools }))
      noteAnswer(notes, await responses.create({ model: scene.model, input: history, tools }))
    },
    async streamTool(scene, notes) {
      const { responses } = client(scene)
      const first = await responses.stream({ model: scene.model, input, tools }).finalResponse()
      const history = noteCalls(notes, first)
      const second = responses.stream({ model: scene.model, input: history, tools })
      noteAnswer(notes, await second.finalResponse())
    },
  }
}
