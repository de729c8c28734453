// Planted secrets and texts are searched for in everything that leaves the process but the answer itself.
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { askMessages } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { type RequestHandler, respond, stream } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat, eventStreamHeaders, failWith, wholeStream } from './wire.ts'

const planted = {
  providerKey: 'sk-canary-provider-8fKq2',
  callerKey: 'sk-canary-caller-Zr71p',
  prompt: 'canary-prompt-quokka',
  answer: 'canary-answer-numbat',
  errorText: 'canary-error-wombat',
  headerValue: 'canary-header-bilby',
  fixedHeader: 'canary-fixed-potoroo',
  userName: 'canary-user-dibbler',
} as const

let folder: string
let stage: Stage
/** Response headers of every answer. */
const headersSeen: string[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-fallback-canary-'))
  stage = await openStage({
    routes: [twoSteps('any')],
    providers: { first: { headers: [{ name: 'x-fixed', value: planted.fixedHeader }] } },
    environment: {
      OPENAI_KEY: planted.providerKey,
      LLM_FALLBACK_LOG_LEVEL: 'debug',
      LLM_FALLBACK_AUDIT: `file:${join(folder, 'audit.jsonl')}`,
      LLM_FALLBACK_STATE_DIR: folder,
    },
  })
  await talk()
})
after(async () => {
  await stage.close()
  await rm(folder, { recursive: true })
})

const question = {
  model: 'any',
  content: planted.prompt,
  headers: {
    authorization: `Bearer ${planted.callerKey}`,
    'x-private': planted.headerValue,
    // Kept in the audit by design, so nothing is planted here.
    'x-request-id': 'their-own-id',
  },
  more: { user: planted.userName },
}

/** Good answers, failures that echo the prompt and the key, broken streams, refused requests. */
async function talk(): Promise<void> {
  const echo = { message: `${planted.errorText} ${planted.prompt} ${planted.providerKey}` }
  const half = wholeStream(planted.answer).slice(0, 2)
  const answers = [
    () => stage.first.script(chat(planted.answer)),
    () => script(failWith(500, echo), chat(planted.answer)),
    () => script(failWith(401, echo), failWith(503, echo)),
    () => stage.first.script(failWith(400, { type: 'invalid_request_error', ...echo })),
    () => stage.first.script(respond({ status: 500, text: `${planted.errorText} ${planted.providerKey}` })),
  ]
  for (const prepare of answers) {
    prepare()
    remember(await stage.ask(question))
  }
  stage.first.script(stream([...half, 'reset'], { headers: eventStreamHeaders }))
  remember(await stage.ask({ ...question, stream: true }))
  stage.first.script(chat(planted.answer))
  remember(await askMessages(stage.sidecar.url, question))
  remember(await stage.ask({ ...question, model: `no-route-${planted.prompt}` }))
  remember(
    await stage.ask({
      ...question,
      headers: { ...question.headers, 'x-llm-fallback-deadline': planted.headerValue },
    }),
  )
  await fetch(`${stage.sidecar.url}/v1/${planted.prompt}?key=${planted.callerKey}`)
}

function script(first: RequestHandler, second: RequestHandler): void {
  stage.first.script(first)
  stage.second.script(second)
}

function remember(answer: { readonly headers: Headers }): void {
  headersSeen.push(JSON.stringify([...answer.headers]))
}

function findPlanted(text: string): readonly string[] {
  return Object.entries(planted)
    .filter(([, value]) => text.includes(value))
    .map(([name]) => name)
}

test('the canaries did sing: providers and callers saw what was planted', async () => {
  const sent = JSON.stringify(stage.first.requests.map(request => [request.headers, request.body]))
  for (const name of ['providerKey', 'prompt', 'fixedHeader', 'userName'] as const) {
    assert.ok(sent.includes(planted[name]), name)
  }
  assert.ok(!sent.includes(planted.callerKey), 'the caller’s key was sent to a provider')
})

test('logs hold none of it', () => {
  assert.ok(stage.sidecar.logLines().length > 1)
  assert.deepEqual(findPlanted(stage.sidecar.stdout() + stage.sidecar.stderr()), [])
})

test('the audit holds none of it', async () => {
  const text = await eventually('the audit is written', async () => {
    const found = await readFile(join(folder, 'audit.jsonl'), 'utf8').catch(() => '')
    return found.split('\n').length > 8 ? found : undefined
  })
  // The model that a caller names is part of the audit by design.
  assert.deepEqual(findPlanted(text.replaceAll(`no-route-${planted.prompt}`, '')), [])
})

test('metrics, probes and debug pages hold none of it', async () => {
  for (const path of ['/metrics', '/readyz', '/livez', '/debug/policy', '/debug/breakers']) {
    const text = await fetch(`${stage.sidecar.adminUrl}${path}`).then(answer => answer.text())
    assert.ok(text.length > 0)
    assert.deepEqual(findPlanted(text), [], path)
  }
})

test('response headers hold none of it', () => {
  assert.ok(headersSeen.length >= 8)
  assert.deepEqual(findPlanted(headersSeen.join('\n')), [])
})

test('the kept snapshot holds no key', async () => {
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8')
    assert.ok(!text.includes(planted.providerKey), name)
  }
})

test('the provider’s key is masked even where its message goes back to the caller', async () => {
  stage.first.script(failWith(400, { type: 'invalid_request_error', message: `bad: ${planted.providerKey}` }))
  const answer = await askMessages(stage.sidecar.url, question)
  assert.ok(!answer.text.includes(planted.providerKey), answer.text)
})
