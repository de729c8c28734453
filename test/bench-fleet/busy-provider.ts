// A provider that remembers what each request came with: the key, and the models that its walk asked for. The first target of
// a walk fails now and then, so that walks of two steps are among those that edits happen to.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseRecord, recordsOf, textOf } from '../support/simulated-vendors/json.ts'

export interface BusyProvider {
  readonly url: string
  /** Of a request by its text: models in the order asked, and keys. */
  seen(content: string): { readonly models: readonly string[]; readonly keys: readonly string[] }
  close(): Promise<void>
}

/** One of so many first targets fails. */
const failsEvery = 4

export async function startBusyProvider(): Promise<BusyProvider> {
  const byContent = new Map<string, { models: string[]; keys: string[] }>()
  const of = (content: string) => byContent.get(content) ?? { models: [], keys: [] }
  let firsts = 0
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = parseRecord(await text(request)) ?? {}
    const model = textOf(body['model']) ?? ''
    const content = textOf(recordsOf(body['messages'])[0]?.['content']) ?? ''
    const before = of(content)
    const key = (request.headers.authorization ?? '').replace(/^Bearer /, '')
    byContent.set(content, { models: [...before.models, model], keys: [...before.keys, key] })
    if (model.startsWith('first-')) firsts += 1
    const isFailing = model.startsWith('first-') && firsts % failsEvery === 0
    response.writeHead(isFailing ? 500 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isFailing ? { error: { message: 'out of order' } } : completion(model)))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    seen: of,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function completion(model: string): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
  }
}
