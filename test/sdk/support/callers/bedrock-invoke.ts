import {
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
  type InvokeModelWithResponseStreamCommandOutput,
} from '@aws-sdk/client-bedrock-runtime'
import {
  isRecord,
  type JsonRecord,
  numberOf,
  parseRecord,
  recordOf,
  recordsOf,
  textOf,
} from '../../../support/simulated-vendors/json.ts'
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
import { BedrockClients, bedrockExceptions } from './bedrock-client.ts'

/** Bodies of the Anthropic format behind InvokeModel, as many applications of the first hour write them. */
export const bedrockInvoke: Caller = {
  name: '@aws-sdk/client-bedrock-runtime, InvokeModel',
  finish: { stop: 'end_turn', toolCalls: 'tool_use' },
  raises: bedrockExceptions,
  triesOnOverload: 3,
  connect: async url => {
    const clients = new BedrockClients(url)
    return clientOf(actsOf(clients), () => clients.close())
  },
}

const { name, description, parameters } = weather
const tools = [{ name, description, input_schema: parameters }]
const messages = [{ role: 'user', content: question }]

function inputOf({ model }: Scene, more: JsonRecord) {
  const body = JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 1_000, ...more })
  return { modelId: model, contentType: 'application/json', body }
}

function noteAnswer(notes: Notes, answer: JsonRecord): void {
  notes.text = recordsOf(answer['content'])
    .map(part => textOf(part['text']) ?? '')
    .join('')
  notes.finish = textOf(answer['stop_reason'])
  notes.outputTokens = numberOf(recordOf(answer['usage'])['output_tokens'])
}

function noteCalls(
  notes: Notes,
  content: readonly JsonRecord[],
  finish: string | undefined,
): readonly unknown[] {
  const calls = content.filter(part => part['type'] === 'tool_use')
  notes.calls = calls.map(call => ({ name: textOf(call['name']) ?? '', input: call['input'] }))
  notes.callFinish = finish
  const results = calls.map(call => ({
    type: 'tool_result',
    tool_use_id: call['id'],
    content: weather.result,
  }))
  return [...messages, { role: 'assistant', content }, { role: 'user', content: results }]
}

/** The events of a stream put together as the format says. */
async function gather(
  { body }: InvokeModelWithResponseStreamCommandOutput,
  notes: Notes,
): Promise<readonly JsonRecord[]> {
  const content: JsonRecord[] = []
  let text = ''
  for await (const { chunk } of body ?? []) {
    const event = parseRecord(Buffer.from(chunk?.bytes ?? []).toString('utf8'))
    const delta = recordOf(event?.['delta'])
    addPiece(notes, textOf(delta['text']))
    text += textOf(delta['partial_json']) ?? ''
    if (event?.['type'] === 'content_block_start') content.push(recordOf(event['content_block']))
    const opened = content.at(-1)
    if (event?.['type'] === 'content_block_stop' && opened?.['type'] === 'tool_use') {
      const input: unknown = JSON.parse(text)
      content[content.length - 1] = { ...opened, ...(isRecord(input) ? { input } : {}) }
      text = ''
    }
    notes.finish = textOf(delta['stop_reason']) ?? notes.finish
    notes.outputTokens = numberOf(recordOf(event?.['usage'])['output_tokens']) ?? notes.outputTokens
  }
  return content
}

function actsOf(clients: BedrockClients): Acts {
  const invoke = async (scene: Scene, more: JsonRecord): Promise<JsonRecord> => {
    const { body } = await clients.for(scene).send(new InvokeModelCommand(inputOf(scene, more)))
    return parseRecord(body.transformToString()) ?? {}
  }
  const invokeStream = (scene: Scene, more: JsonRecord) =>
    clients.for(scene).send(new InvokeModelWithResponseStreamCommand(inputOf(scene, more)))
  return {
    async ask(scene, notes) {
      noteAnswer(notes, await invoke(scene, { messages }))
    },
    async stream(scene, notes) {
      await gather(await invokeStream(scene, { messages }), notes)
    },
    async useTool(scene, notes) {
      const first = await invoke(scene, { messages, tools })
      const history = noteCalls(notes, recordsOf(first['content']), textOf(first['stop_reason']))
      noteAnswer(notes, await invoke(scene, { messages: history, tools }))
    },
    async streamTool(scene, notes) {
      const first: Notes = { text: '' }
      const content = await gather(await invokeStream(scene, { messages, tools }), first)
      const history = noteCalls(notes, content, first.finish)
      await gather(await invokeStream(scene, { messages: history, tools }), notes)
    },
  }
}
