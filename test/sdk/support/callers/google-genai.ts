import { type Chat, type Content, type GenerateContentResponse, GoogleGenAI } from '@google/genai'
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

/** Google's package asks once unless it is told how to ask again; then it does not look at the wait that was asked for. */
export const googleGenAi: Caller = {
  name: '@google/genai',
  finish: { stop: 'STOP', toolCalls: 'STOP' },
  raises: {
    overloaded: 'ApiError',
    rateLimited: 'ApiError',
    tooLong: 'ApiError',
    unknownModel: 'ApiError',
  },
  triesOnOverload: 1,
  connect: async url => {
    const client = new GoogleGenAI({ apiKey: 'a placeholder', httpOptions: { baseUrl: url } })
    return clientOf(actsOf(client))
  },
}

const { name, description, parameters } = weather
const config = {
  tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: parameters }] }],
}
const asked: Content = { role: 'user', parts: [{ text: question }] }

function noteEnd(notes: Notes, answer: GenerateContentResponse): void {
  notes.finish = answer.candidates?.[0]?.finishReason ?? notes.finish
  notes.outputTokens = answer.usageMetadata?.candidatesTokenCount ?? notes.outputTokens
}

function noteCalls(notes: Notes, content: Content, finish: string | undefined): Content {
  const calls = (content.parts ?? []).flatMap(part => part.functionCall ?? [])
  notes.calls = calls.map(call => ({ name: call.name ?? '', input: call.args }))
  notes.callFinish = finish
  const parts = calls.map(call => ({
    functionResponse: {
      name: call.name ?? '',
      response: { output: weather.result },
      ...(call.id === undefined ? {} : { id: call.id }),
    },
  }))
  return { role: 'user', parts }
}

function actsOf(client: GoogleGenAI): Acts {
  const startChat = ({ model }: Scene): Chat => client.chats.create({ model, config })
  return {
    async ask({ model }, notes) {
      const answer = await client.models.generateContent({ model, contents: question })
      notes.text = answer.text ?? ''
      noteEnd(notes, answer)
    },
    async stream({ model }, notes) {
      for await (const piece of await client.models.generateContentStream({ model, contents: question })) {
        addPiece(notes, piece.text)
        noteEnd(notes, piece)
      }
    },
    async useTool({ model }, notes) {
      const first = await client.models.generateContent({ model, contents: [asked], config })
      const content = first.candidates?.[0]?.content ?? {}
      const results = noteCalls(notes, content, first.candidates?.[0]?.finishReason)
      const contents = [asked, content, results]
      const second = await client.models.generateContent({ model, contents, config })
      notes.text = second.text ?? ''
      noteEnd(notes, second)
    },
    /** Through a chat, which keeps the history itself. */
    async streamTool(scene, notes) {
      const chat = startChat(scene)
      const first: Notes = { text: '' }
      for await (const piece of await chat.sendMessageStream({ message: question })) noteEnd(first, piece)
      const said = {
        parts: chat.getHistory().flatMap(({ role, parts }) => (role === 'model' ? (parts ?? []) : [])),
      }
      const results = noteCalls(notes, said, first.finish)
      for await (const piece of await chat.sendMessageStream({ message: results.parts ?? [] })) {
        addPiece(notes, piece.text)
        noteEnd(notes, piece)
      }
    },
  }
}
