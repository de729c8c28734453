// LangChain's chat models: one face for every vendor, each with its vendor's client (or a copy of it) below.
import { AIMessageChunk, type BaseMessageLike, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { numberOf, recordOf, textOf } from '../../../support/simulated-vendors/json.ts'
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

/** What a chat model of this package and one with tools have in common. */
interface Runnable {
  invoke(messages: BaseMessageLike[]): Promise<AIMessageChunk>
  stream(messages: BaseMessageLike[]): Promise<AsyncIterable<AIMessageChunk>>
}

interface ChatModel extends Runnable {
  bindTools(tools: (typeof tool)[]): Runnable
}

/** How often it may ask again: its own default would need minutes for one test. */
const usualRetries = 1

export interface LangChainHabits extends Omit<Caller, 'connect'> {
  /** Where its answers keep the vendor's word for their end. */
  readonly finishMember: string
  create(url: string, options: { readonly model: string; readonly maxRetries: number }): ChatModel
}

export function langChain({ create, finishMember, ...habits }: LangChainHabits): Caller {
  const modelOf = (url: string, { model, retries }: Scene) =>
    create(url, { model, maxRetries: retries === 'none' ? 0 : usualRetries })
  return {
    ...habits,
    connect: async url => clientOf(actsOf(scene => modelOf(url, scene), finishMember)),
  }
}

const { name, description, parameters } = weather
const tool = { type: 'function' as const, function: { name, description, parameters } }
const prompt: BaseMessageLike[] = [new HumanMessage(question)]

function noteAnswer(notes: Notes, answer: AIMessageChunk, finishMember: string): void {
  notes.text = answer.text
  notes.finish = finishOf(answer, finishMember)
  notes.outputTokens = numberOf(recordOf(answer.usage_metadata)['output_tokens'])
}

function finishOf(answer: AIMessageChunk, finishMember: string): string | undefined {
  return textOf({ ...answer.additional_kwargs, ...answer.response_metadata }[finishMember])
}

function noteCalls(notes: Notes, answer: AIMessageChunk, finishMember: string): BaseMessageLike[] {
  const calls = answer.tool_calls ?? []
  notes.calls = calls.map(call => ({ name: call.name, input: call.args }))
  notes.callFinish = finishOf(answer, finishMember)
  const results = calls.map(
    call => new ToolMessage({ content: weather.result, tool_call_id: call.id ?? '', name: call.name }),
  )
  return [...prompt, answer, ...results]
}

/** Its pieces add up to the whole answer, as its users are told to do. */
async function gather(pieces: AsyncIterable<AIMessageChunk>, notes: Notes): Promise<AIMessageChunk> {
  let whole: AIMessageChunk | undefined
  for await (const piece of pieces) {
    addPiece(notes, piece.text)
    whole = whole === undefined ? piece : whole.concat(piece)
  }
  return whole ?? new AIMessageChunk('')
}

function actsOf(modelOf: (scene: Scene) => ChatModel, finishMember: string): Acts {
  return {
    async ask(scene, notes) {
      noteAnswer(notes, await modelOf(scene).invoke(prompt), finishMember)
    },
    async stream(scene, notes) {
      noteAnswer(notes, await gather(await modelOf(scene).stream(prompt), notes), finishMember)
    },
    async useTool(scene, notes) {
      const agent = modelOf(scene).bindTools([tool])
      const history = noteCalls(notes, await agent.invoke(prompt), finishMember)
      noteAnswer(notes, await agent.invoke(history), finishMember)
    },
    async streamTool(scene, notes) {
      const agent = modelOf(scene).bindTools([tool])
      const first = await gather(await agent.stream(prompt), { text: '' })
      const history = noteCalls(notes, first, finishMember)
      noteAnswer(notes, await gather(await agent.stream(history), notes), finishMember)
    },
  }
}
