import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Confidential } from './confidential.ts'
import { maskSecrets } from './mask-secrets.ts'

const key = 'sk-proj-Abc123Def456Ghi789Jkl0'
const odd = 'Zq7!plain/credential+2026'
const secrets = [new Confidential(key), new Confidential(odd)]

const cases: readonly (readonly [behaviour: string, text: string, expected: string])[] = [
  ['a whole key', `Incorrect API key provided: ${key}.`, 'Incorrect API key provided: [redacted].'],
  ['a key without a known shape', `token "${odd}" refused`, 'token "[redacted]" refused'],
  ['a key with escaped slashes', `{"t":"${odd.replaceAll('/', '\\/')}"}`, '{"t":"[redacted]"}'],
  ['a key in a query', `?key=${encodeURIComponent(odd)}&x=1`, '?key=[redacted]&x=1'],
  ['a key in base64', `got ${Buffer.from(odd).toString('base64')} there`, 'got [redacted] there'],
  ['a key shown by its ends', 'provided: sk-pr**************Jkl0.', 'provided: [redacted].'],
  ['a key shown by its ends with dots', 'key sk-proj-A…kl0 is bad', 'key [redacted] is bad'],
  ['an unknown shape shown by its tail', 'the key ********2026 is bad', 'the key [redacted] is bad'],
  ['a long beginning of a key', 'starting with Zq7!plain/cred of yours', 'starting with [redacted] of yours'],
  ['a foreign key of a known vendor', 'not sk-ant-api03-AAAABBBBCCCC-DDDD but', 'not [redacted] but'],
  [
    'a masked foreign key',
    'Incorrect API key provided: sk-other1***********9f3A.',
    'Incorrect API key provided: [redacted].',
  ],
  ['a foreign key with our own beginning', 'not sk-proj-ZZZZ1111YYYY2222 but', 'not [redacted] but'],
  ['a Google key', 'AIzaSyA1234567890abcdefghijklmnopqrstuv is invalid', '[redacted] is invalid'],
  ['an AWS key id', 'id AKIAIOSFODNN7EXAMPLE unknown', 'id [redacted] unknown'],
  ['a Groq key', 'gsk_abcdEFGH1234 expired', '[redacted] expired'],
  ['an xAI key', 'xai-abcdefgh12345678ABCD expired', '[redacted] expired'],
  ['a bearer token', 'Authorization: Bearer abc.DEF-123 refused', 'Authorization: Bearer [redacted] refused'],
  ['a JSON Web Token', 'eyJhbGciOiJI.eyJzdWIiOiIx.c2ln bad', '[redacted] bad'],
]

for (const [behaviour, text, expected] of cases) {
  test(`masks ${behaviour}`, () => assert.equal(maskSecrets(text, secrets), expected))
}

const harmless = [
  'Rate limit reached for gpt-4o on tokens per min. Please try again in 494ms.',
  'Bearer authentication is required; see the docs ... or ask',
  'messages[0].content must be **bold** or a list',
  'The task-oriented model sk-learn is not here',
  'co-operation and pa-rameter names are fine',
]

for (const text of harmless) {
  test(`leaves alone: ${text.slice(0, 40)}`, () => assert.equal(maskSecrets(text, secrets), text))
}

test('masks each part of a credential that is several in one', () => {
  const account = JSON.stringify({ accessKeyId: 'someKeyIdentifier', secretAccessKey: 'wJalr/XUtnFEMI' })
  const masked = maskSecrets('someKeyIdentifier with wJalr/XUtnFEMI', [new Confidential(account)])
  assert.equal(masked, '[redacted] with [redacted]')
})

test('masks a very short credential only where it stands as a word', () => {
  const masked = maskSecrets('the x-ray of "key": key?', [new Confidential('key')])
  assert.equal(masked, 'the x-ray of "[redacted]": [redacted]?')
  assert.equal(maskSecrets('monkeys', [new Confidential('key')]), 'monkeys')
})

test('keeps a JSON body a JSON body', () => {
  const body = JSON.stringify({ error: { message: `bad key ${key} and ${odd}`, code: 'x' } })
  assert.deepEqual(JSON.parse(maskSecrets(body, secrets)), {
    error: { message: 'bad key [redacted] and [redacted]', code: 'x' },
  })
})

test('no text around it ever lets a credential through', () => {
  const anyKey = fc
    .string({ minLength: 6, maxLength: 40, unit: 'grapheme-ascii' })
    .filter(text => text.trim() === text)
  fc.assert(
    fc.property(anyKey, fc.string(), fc.string(), (secret, before, behind) => {
      fc.pre(!'[redacted]'.includes(secret))
      const masked = maskSecrets(`${before}${secret}${behind}`, [new Confidential(secret)])
      assert.ok(!masked.includes(secret) || '[redacted][redacted]'.includes(secret))
    }),
  )
})

test('a large text of awkward characters takes no time worth speaking of', () => {
  const text = `${'a'.repeat(200_000)}${'*'.repeat(200_000)}${'sk-'.repeat(50_000)}${'eyJ-'.repeat(20_000)}`
  const started = performance.now()
  maskSecrets(text, secrets)
  assert.ok(performance.now() - started < 5000)
})
