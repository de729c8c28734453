import { generateText, jsonSchema, type LanguageModel, type ModelMessage, streamText } from 'ai'
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

export type ModelFactory = (url: string, model: string) => LanguageModel

type Habits = Pick<Caller, 'hasNoStreamUsage'>

export function aiSdk(name: string, create: ModelFactory, habits: Habits = {}): Caller {
  return {
    name,
    ...habits,
    finish: { stop: 'stop', toolCalls: 'tool-calls' },
    raises: {
      overloaded: 'APICallError',
      rateLimited: 'APICallError',
      tooLong: 'APICallError',
      unknownModel: 'APICallError',
    },
    triesOnOverload: 3,
    connect: async url => clientOf(actsOf(scene => create(url, scene.model))),
  }
}

/** The package's own words for `none`: it has no other for "as it comes" than leaving the member out. */
function optionsOf({ retries }: Scene): { readonly maxRetries?: number } {
  return retries === 'none' ? { maxRetries: 0 } : {}
}

const prompt: ModelMessage[] = [{ role: 'user', content: question }]
const tools = {
  [weather.name]: {
    description: weather.description,
    inputSchema: jsonSchema<{ city: string }>({ ...weather.parameters, additionalProperties: false }),
  },
}

type Calls = readonly { readonly toolName: string; readonly toolCallId: string; readonly input: unknown }[]

function noteCalls(notes: Notes, calls: Calls, finish: string): ModelMessage {
  notes.calls = calls.map(call => ({ name: call.toolName, input: call.input }))
  notes.callFinish = finish
  return {
    role: 'tool',
    content: calls.map(call => ({
      type: 'tool-result' as const,
      toolCallId: call.toolCallId,
      toolName: call.toolName,
      output: { type: 'text' as const, value: weather.result },
    })),
  }
}

interface Turn {
  readonly messages: ModelMessage[]
  readonly tools?: typeof tools
}

function streamOf(model: LanguageModel, scene: Scene, turn: Turn) {
  // Errors are parts of the stream here, and thrown from there; else they would be printed too.
  return streamText({ model, ...turn, onError: () => undefined, ...optionsOf(scene) })
}

async function gather(stream: ReturnType<typeof streamOf>['fullStream'], notes: Notes): Promise<void> {
  for await (const part of stream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta') addPiece(notes, part.text)
    if (part.type === 'finish') {
      notes.finish = part.finishReason
      notes.outputTokens = part.totalUsage.outputTokens
    }
  }
}

function actsOf(modelOf: (scene: Scene) => LanguageModel): Acts {
  const ask = async (scene: Scene, turn: Turn, notes: Notes) => {
    const answer = await generateText({ model: modelOf(scene), ...turn, ...optionsOf(scene) })
    notes.text = answer.text
    notes.finish = answer.finishReason
    notes.outputTokens = answer.usage.outputTokens
  }
  return {
    ask: (scene, notes) => ask(scene, { messages: prompt }, notes),
    stream: (scene, notes) => gather(streamOf(modelOf(scene), scene, { messages: prompt }).fullStream, notes),
    async useTool(scene, notes) {
      const request = { model: modelOf(scene), messages: prompt, tools, ...optionsOf(scene) }
      const first = await generateText(request)
      const results = noteCalls(notes, first.toolCalls, first.finishReason)
      const messages = [...prompt, ...first.response.messages, results]
      await ask(scene, { messages, tools }, notes)
    },
    async streamTool(scene, notes) {
      const model = modelOf(scene)
      const first = streamOf(model, scene, { messages: prompt, tools })
      const results = noteCalls(notes, await first.toolCalls, await first.finishReason)
      const messages = [...prompt, ...(await first.response).messages, results]
      await gather(streamOf(model, scene, { messages, tools }).fullStream, notes)
    },
  }
}
