import {
  type ContentBlock,
  ConverseCommand,
  type ConverseCommandOutput,
  ConverseStreamCommand,
  type ConverseStreamCommandOutput,
  type Message,
} from '@aws-sdk/client-bedrock-runtime'
import { type Acts, addPiece, type Caller, clientOf, type Notes, question, weather } from '../caller.ts'
import { BedrockClients, bedrockExceptions } from './bedrock-client.ts'

export const bedrockConverse: Caller = {
  name: '@aws-sdk/client-bedrock-runtime, Converse',
  finish: { stop: 'end_turn', toolCalls: 'tool_use' },
  raises: bedrockExceptions,
  triesOnOverload: 3,
  connect: async url => {
    const clients = new BedrockClients(url)
    return clientOf(actsOf(clients), () => clients.close())
  },
}

const { name, description, parameters } = weather
const toolConfig = { tools: [{ toolSpec: { name, description, inputSchema: { json: parameters } } }] }
const messages: Message[] = [{ role: 'user', content: [{ text: question }] }]

function noteAnswer(notes: Notes, { output, stopReason, usage }: ConverseCommandOutput): void {
  notes.text = (output?.message?.content ?? []).map(block => block.text ?? '').join('')
  notes.finish = stopReason
  notes.outputTokens = usage?.outputTokens
}

function noteCalls(notes: Notes, said: Message, stopReason: string | undefined): Message[] {
  const calls = (said.content ?? []).flatMap(block => block.toolUse ?? [])
  notes.calls = calls.map(call => ({ name: call.name ?? '', input: call.input }))
  notes.callFinish = stopReason
  const content: ContentBlock[] = calls.map(call => ({
    toolResult: { toolUseId: call.toolUseId, content: [{ text: weather.result }] },
  }))
  return [...messages, said, { role: 'user', content }]
}

/** Puts a streamed answer together, as this package leaves to its users. */
async function gather({ stream }: ConverseStreamCommandOutput, notes: Notes): Promise<Message> {
  const calls: { toolUseId: string | undefined; name: string | undefined; text: string }[] = []
  for await (const event of stream ?? []) {
    const start = event.contentBlockStart?.start?.toolUse
    if (start) calls.push({ toolUseId: start.toolUseId, name: start.name, text: '' })
    const delta = event.contentBlockDelta?.delta
    addPiece(notes, delta?.text)
    const last = calls.at(-1)
    if (last) last.text += delta?.toolUse?.input ?? ''
    notes.finish = event.messageStop?.stopReason ?? notes.finish
    notes.outputTokens = event.metadata?.usage?.outputTokens ?? notes.outputTokens
  }
  const content = calls.map(({ toolUseId, name: called, text }) => ({
    toolUse: { toolUseId, name: called, input: JSON.parse(text) },
  }))
  return { role: 'assistant', content }
}

function actsOf(clients: BedrockClients): Acts {
  return {
    async ask(scene, notes) {
      const command = new ConverseCommand({ modelId: scene.model, messages })
      noteAnswer(notes, await clients.for(scene).send(command))
    },
    async stream(scene, notes) {
      const command = new ConverseStreamCommand({ modelId: scene.model, messages })
      await gather(await clients.for(scene).send(command), notes)
    },
    async useTool(scene, notes) {
      const request = { modelId: scene.model, toolConfig }
      const first = await clients.for(scene).send(new ConverseCommand({ ...request, messages }))
      const said = first.output?.message ?? { role: 'assistant', content: [] }
      const history = noteCalls(notes, said, first.stopReason)
      const second = new ConverseCommand({ ...request, messages: history })
      noteAnswer(notes, await clients.for(scene).send(second))
    },
    async streamTool(scene, notes) {
      const request = { modelId: scene.model, toolConfig }
      const first: Notes = { text: '' }
      const command = new ConverseStreamCommand({ ...request, messages })
      const said = await gather(await clients.for(scene).send(command), first)
      const history = noteCalls(notes, said, first.finish)
      const second = new ConverseStreamCommand({ ...request, messages: history })
      await gather(await clients.for(scene).send(second), notes)
    },
  }
}
