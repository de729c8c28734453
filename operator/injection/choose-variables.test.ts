import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseVariables } from './choose-variables.ts'
import { keyVariables, vendorFamilies } from './intercepted-variables.ts'

type Fields = Readonly<Record<string, unknown>>

function choose(env: Readonly<Record<string, string | Fields>> = {}, more: Fields = {}) {
  const variables = Object.entries(env).map(([name, value]) =>
    typeof value === 'string' ? { name, value } : { name, valueFrom: value },
  )
  const choice = chooseVariables({ name: 'app', env: variables, ...more })
  return { ...choice, given: Object.fromEntries(choice.added.map(({ name, value }) => [name, value])) }
}

const fromSecret = { secretKeyRef: { name: 'keys', key: 'key' } }
const placeholder = 'llm-fallback-placeholder'

test('a container that says nothing is given all addresses, each in the form of its clients, and keys', () => {
  const host = 'http://127.0.0.1:8787'
  assert.deepEqual(choose().given, {
    OPENAI_BASE_URL: `${host}/v1`,
    OPENAI_API_BASE: `${host}/v1`,
    OPENAI_API_KEY: placeholder,
    ANTHROPIC_BASE_URL: host,
    ANTHROPIC_API_URL: host,
    ANTHROPIC_API_BASE: host,
    ANTHROPIC_API_KEY: placeholder,
    GOOGLE_GEMINI_BASE_URL: host,
    GOOGLE_VERTEX_BASE_URL: host,
    GOOGLE_API_KEY: placeholder,
    GROQ_BASE_URL: host,
    GROQ_API_KEY: placeholder,
    CO_API_URL: host,
    CO_BASE_URL: host,
    CO_API_KEY: placeholder,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: host,
    AWS_BEDROCK_BASE_URL: `${host}/v1`,
    ANTHROPIC_BEDROCK_BASE_URL: host,
    ANTHROPIC_BEDROCK_MANTLE_BASE_URL: host,
    AWS_BEARER_TOKEN_BEDROCK: placeholder,
    OLLAMA_BASE_URL: `${host}/v1`,
    FIREWORKS_API_BASE: `${host}/v1`,
  })
})

test('an address of the app is kept, told, and given neither another name nor a key', () => {
  for (const value of ['https://proxy.example/v1', '', { configMapKeyRef: { name: 'c', key: 'k' } }]) {
    const { given, kept } = choose({ OPENAI_BASE_URL: value })
    assert.deepEqual(kept, ['OPENAI_BASE_URL'])
    assert.ok(
      !('OPENAI_API_BASE' in given),
      'clients that prefer the alias would pass the choice of the app by',
    )
    assert.ok(!('OPENAI_API_KEY' in given))
    assert.equal(given['ANTHROPIC_BASE_URL'], 'http://127.0.0.1:8787')
  }
})

test('a container with a sign of Azure gets the endpoint of Azure and nothing that traps its client', () => {
  const { given, kept, exposed } = choose({
    AZURE_OPENAI_API_KEY: fromSecret,
    OPENAI_API_VERSION: '2024-10-21',
  })
  assert.equal(given['AZURE_OPENAI_ENDPOINT'], 'http://127.0.0.1:8787')
  assert.equal(given['AZURE_OPENAI_BASE_PATH'], 'http://127.0.0.1:8787/openai/deployments')
  for (const name of ['OPENAI_BASE_URL', 'OPENAI_API_BASE', 'OPENAI_API_KEY'])
    assert.ok(!(name in given), name)
  assert.deepEqual(kept, ['OPENAI_BASE_URL', 'OPENAI_API_BASE'])
  assert.deepEqual(exposed, ['AZURE_OPENAI_API_KEY'])
})

test('Azure without a key gets one, and none where Entra ID signs in', () => {
  assert.equal(choose({ OPENAI_API_VERSION: '1' }).given['AZURE_OPENAI_API_KEY'], placeholder)
  const signedIn = choose({ OPENAI_API_VERSION: '1', AZURE_FEDERATED_TOKEN_FILE: '/token' }).given
  assert.ok('AZURE_OPENAI_ENDPOINT' in signedIn && !('AZURE_OPENAI_API_KEY' in signedIn))
})

const needless: readonly (readonly [string, string, string])[] = [
  ['OPENAI_API_KEY', 'OPENAI_API_KEY', 'sk-1'],
  ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_API_KEY', 't'],
  ['ANTHROPIC_FEDERATION_RULE_ID', 'ANTHROPIC_API_KEY', 'r'],
  ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'k'],
  ['GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_API_KEY', 'true'],
  ['COHERE_API_KEY', 'CO_API_KEY', 'k'],
  ['AWS_ROLE_ARN', 'AWS_BEARER_TOKEN_BEDROCK', 'arn:aws:iam::1:role/a'],
  ['AWS_ACCESS_KEY_ID', 'AWS_BEARER_TOKEN_BEDROCK', 'AKIA'],
]
for (const [present, key, value] of needless) {
  test(`no ${key} is put beside ${present}, and the addresses stay`, () => {
    const { given } = choose({ [present]: value })
    assert.ok(!(key in given))
    assert.equal(given['OPENAI_BASE_URL'], 'http://127.0.0.1:8787/v1')
    assert.equal(given['ANTHROPIC_BASE_URL'], 'http://127.0.0.1:8787')
  })
}

test('a switch that is off is no sign', () => {
  for (const value of ['false', '0', 'False']) {
    assert.ok('GOOGLE_API_KEY' in choose({ GOOGLE_GENAI_USE_VERTEXAI: value }).given)
  }
})

test('the address for all of AWS and its access keys are never set', () => {
  const { given } = choose()
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    assert.ok(!(name in given))
})

test('Foundry: an address only where the app shows that it uses it and names no resource', () => {
  assert.ok(!('ANTHROPIC_FOUNDRY_BASE_URL' in choose().given))
  assert.ok('ANTHROPIC_FOUNDRY_BASE_URL' in choose({ ANTHROPIC_FOUNDRY_API_KEY: fromSecret }).given)
  const named = choose({ ANTHROPIC_FOUNDRY_RESOURCE: 'r' })
  assert.ok(!('ANTHROPIC_FOUNDRY_BASE_URL' in named.given))
  assert.deepEqual(named.kept, ['ANTHROPIC_FOUNDRY_BASE_URL'])
})

test('keys that the app can read are named, whatever they are made of; empty ones and our own are not', () => {
  const { exposed } = choose({
    OPENAI_API_KEY: fromSecret,
    MISTRAL_API_KEY: 'literal',
    GROQ_API_KEY: '',
    CO_API_KEY: placeholder,
    SOME_OTHER_KEY: 'x',
  })
  assert.deepEqual(exposed, ['OPENAI_API_KEY', 'MISTRAL_API_KEY'])
})

test('where variables come unseen, a key that comes with them is not covered up', () => {
  const { given } = choose({}, { envFrom: [{ secretRef: { name: 'keys' } }] })
  assert.equal(given['OPENAI_API_KEY'], '$(OPENAI_API_KEY)')
})

test('asked again about what it has answered, it adds nothing', () => {
  const name = fc.constantFrom(
    ...keyVariables,
    ...vendorFamilies.flatMap(({ addresses, key }) => [
      ...addresses.flatMap(({ variables }) => variables),
      ...(key?.needlessWith ?? []),
    ]),
    'HTTPS_PROXY',
    'no_proxy',
    'NO_PROXY',
    'OPENAI_API_VERSION',
  )
  const variable = fc.record({
    name,
    value: fc.constantFrom('', 'x', placeholder, 'http://127.0.0.1:8787', 'false'),
  })
  const envFrom = fc.constantFrom([], [{ configMapRef: { name: 'c' } }])
  fc.assert(
    fc.property(fc.uniqueArray(variable, { selector: one => one.name }), envFrom, (env, from) => {
      const first = chooseVariables({ env, envFrom: from })
      const changed = env.map((one, index) => ({
        ...one,
        value: first.changed.find(change => change.index === index)?.value ?? one.value,
      }))
      const second = chooseVariables({ env: [...changed, ...first.added], envFrom: from })
      assert.deepEqual([second.added, second.changed], [[], []])
      assert.deepEqual([second.kept, second.exposed], [first.kept, first.exposed])
    }),
  )
})
