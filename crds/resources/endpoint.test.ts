import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admitsAddress, readEndpoint } from './endpoint.ts'

const accepted: readonly (readonly [string, string])[] = [
  ['https://api.openai.com/v1', 'https://api.openai.com/v1'],
  ['https://api.openai.com/v1/', 'https://api.openai.com/v1'],
  ['https://api.anthropic.com', 'https://api.anthropic.com'],
  ['HTTPS://API.Anthropic.com:443/', 'https://api.anthropic.com'],
  ['https://api.example.com./v1', 'https://api.example.com/v1'],
  ['https://10.1.2.3:8443', 'https://10.1.2.3:8443'],
  ['http://127.0.0.1:9101/v1', 'http://127.0.0.1:9101/v1'],
  ['http://127.9.8.7', 'http://127.9.8.7'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['http://localhost:11434/v1', 'http://localhost:11434/v1'],
  ['http://ollama:11434/v1', 'http://ollama:11434/v1'],
  ['http://vllm.models.svc:8000/v1', 'http://vllm.models.svc:8000/v1'],
  ['http://vllm.models.svc.cluster.local/v1', 'http://vllm.models.svc.cluster.local/v1'],
]

for (const [text, url] of accepted) {
  test(`${text} may be an endpoint`, () => {
    const reading = readEndpoint(text)
    assert.equal(reading.kind === 'endpoint' ? reading.url : reading.message, url)
  })
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['http://llm.example.com/v1', /http: is for loopback and cluster services only/],
  ['http://vllm.models/v1', /http: is for loopback/],
  ['http://10.1.2.3/v1', /http: is for loopback/],
  ['http://models.svc.evil.com', /http: is for loopback/],
  ['https://169.254.169.254/v1', /link-local and metadata addresses are never a provider/],
  ['http://169.254.169.254/v1', /link-local and metadata/],
  ['https://2852039166', /link-local and metadata/],
  ['https://0xa9.0xfe.0xa9.0xfe', /link-local and metadata/],
  ['https://169。254。169。254', /link-local and metadata/],
  ['https://①⑥⑨.254.169.254', /link-local and metadata/],
  ['https://%31%36%39.254.169.254', /link-local and metadata/],
  ['https://169.254.169.254./', /link-local and metadata/],
  ['https://[fd00:ec2::254]', /link-local and metadata/],
  ['https://[::ffff:169.254.169.254]', /link-local and metadata/],
  ['https://0.0.0.0', /link-local and metadata/],
  ['https://metadata.google.internal', /metadata services/],
  ['https://METADATA.google.internal.', /metadata services/],
  ['https://kubernetes.default.svc', /API server/],
  ['https://key@api.openai.com', /user name or password/],
  ['https://@api.openai.com', /user name or password/],
  ['https://api.openai.com?x=1', /no query/],
  ['https://api.openai.com?', /no query/],
  ['https://api.openai.com#', /no query and no fragment/],
  ['https:/api.openai.com', /absolute URL/],
  ['https:///api.openai.com', /absolute URL/],
  ['https:\\\\api.openai.com', /absolute URL/],
  ['https://api.openai.com\\@evil.com', /absolute URL/],
  [' https://api.openai.com', /absolute URL/],
  ['https://api.openai.com/\tv1', /absolute URL/],
  ['https://api.openai\u0000.com', /absolute URL/],
  ['ftp://api.openai.com', /absolute URL/],
  ['api.openai.com', /absolute URL/],
  ['', /absolute URL/],
  ['https://exa mple.com', /absolute URL/],
  ['https://256.256.256.256', /not a URL/],
  ['https://host:99999', /not a URL/],
  ['https://host:0', /port 0/],
  [`https://host/${'a'.repeat(2048)}`, /at most 2048/],
]

for (const [text, message] of refused) {
  test(`${JSON.stringify(text.slice(0, 60))} is no endpoint`, () => {
    const reading = readEndpoint(text)
    assert.match(reading.kind === 'refused' ? reading.message : `accepted as ${reading.url}`, message)
  })
}

test('a message never repeats the password of an endpoint', () => {
  const reading = readEndpoint('https://user:canary-password@api.openai.com')
  assert.ok(reading.kind === 'refused' && !reading.message.includes('canary'))
})

test('a public name may lead to a private network but not to this machine or a metadata service', () => {
  assert.equal(admitsAddress('llm.example.com', '10.0.0.8'), true)
  assert.equal(admitsAddress('llm.example.com', '93.184.216.34'), true)
  assert.equal(admitsAddress('llm.example.com', '127.0.0.1'), false)
  assert.equal(admitsAddress('llm.example.com', '::1'), false)
  assert.equal(admitsAddress('llm.example.com', '::ffff:169.254.169.254'), false)
  assert.equal(admitsAddress('llm.example.com', 'not an address'), false)
})

test('loopback is reached by its own names only', () => {
  assert.equal(admitsAddress('localhost', '127.0.0.1'), true)
  assert.equal(admitsAddress('LOCALHOST.', '::1'), true)
  assert.equal(admitsAddress('[::1]', '::1'), true)
  assert.equal(admitsAddress('127.0.0.1', '127.0.0.1'), true)
  assert.equal(admitsAddress('localhost', '169.254.169.254'), false)
})
