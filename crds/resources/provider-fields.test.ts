import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providerProblems } from '../sample-problems.ts'

type Fields = Readonly<Record<string, unknown>>

const fields: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'a field that is not a word',
    providerProblems({ 'x y\n': 1 }),
    /spec\["x y\\n"\]: unknown field "x y\\n"/,
  ],
  [
    'workload identity',
    providerProblems({ credentials: { workloadIdentity: {} } }),
    /credentials.workloadIdentity: not supported yet/,
  ],
  [
    'Bedrock without a region',
    providerProblems({ dialect: 'Bedrock' }),
    /spec.endpoint: required for Bedrock without a region/,
  ],
  [
    'Bedrock with a region that is no part of a host name',
    providerProblems({ dialect: 'Bedrock', region: 'eu/../x' }),
    /spec.endpoint: required for Bedrock without a region/,
  ],
  [
    'a dialect that is none',
    providerProblems({ dialect: 'openai' }),
    /not a dialect .*did you mean "OpenAI"/,
  ],
  ['no credential member', providerProblems({ credentials: {} }), /spec.credentials: exactly one of/],
  [
    'a relative key file',
    providerProblems({ credentials: { file: { path: 'keys/a' } } }),
    /file.path: an absolute path/,
  ],
  [
    'allowedNamespaces on a namespaced kind',
    providerProblems({ allowedNamespaces: { from: 'All' } }),
    /unknown field "allowedNamespaces"/,
  ],
  [
    'a Selector without a selector',
    providerProblems({ allowedNamespaces: { from: 'Selector' } }, 'ClusterLLMProvider'),
    /allowedNamespaces.selector: required with/,
  ],
  [
    'a selector without Selector',
    providerProblems({ allowedNamespaces: { selector: {} } }, 'ClusterLLMProvider'),
    /allowedNamespaces.selector: not used with/,
  ],
  [
    'TLS settings for plain http',
    providerProblems({ endpoint: 'http://127.0.0.1', tls: { serverName: 'x' } }),
    /spec.tls: needs an https endpoint/,
  ],
  [
    'a bundle that is no PEM',
    providerProblems({ tls: { caBundle: 'abc' } }),
    /tls.caBundle: PEM certificates/,
  ],
  [
    'a model listed twice',
    providerProblems({ models: [{ name: 'm' }, { name: 'm' }] }),
    /models\[1\].name: model names are unique/,
  ],
  [
    'a header set twice',
    providerProblems({
      headers: [
        { name: 'X-A', value: '1' },
        { name: 'x-a', value: '2' },
      ],
    }),
    /headers\[1\].name: header names are unique/,
  ],
  [
    'a header with a line break',
    providerProblems({ headers: [{ name: 'x-a', value: 'a\r\nb: c' }] }),
    /headers\[0\].value: a header value is one line/,
  ],
  [
    'a header name with a blank',
    providerProblems({ headers: [{ name: 'x a', value: '1' }] }),
    /headers\[0\].name: a header name has/,
  ],
]

for (const [what, problems, message] of fields) {
  test(`refuses ${what}`, () => assert.match(problems.join('\n') || 'accepted', message))
}

const ownHeaders = [
  'Host',
  'content-length',
  'Transfer-Encoding',
  'connection',
  'te',
  'upgrade',
  'content-type',
  'x-llm-fallback',
]
const credentialHeaders = [
  'Authorization',
  'Proxy-Authorization',
  'x-api-key',
  'api-key',
  'X-Goog-Api-Key',
  'cookie',
  'x-auth-token',
  'x-amz-security-token',
  'x-client-secret',
]

for (const name of [...ownHeaders, ...credentialHeaders]) {
  test(`a provider may not set ${name}`, () => {
    assert.match(providerProblems({ headers: [{ name, value: 'v' }] })[0] ?? 'accepted', /headers\[0\].name/)
  })
}

for (const name of [
  'anthropic-beta',
  'anthropic-version',
  'OpenAI-Organization',
  'x-max-tokens',
  'x-author',
]) {
  test(`a provider may set ${name}`, () => {
    assert.deepEqual(providerProblems({ headers: [{ name, value: 'v' }] }), [])
  })
}

test('no value that could be a secret is repeated', () => {
  const canary = 'sk-canary-0123456789'
  const values: readonly Fields[] = [
    { credentials: canary },
    { credentials: { env: canary } },
    { credentials: { env: { name: canary } } },
    { credentials: { file: canary } },
    { credentials: { secretRef: { name: 'a', key: canary, value: canary } } },
    { headers: [{ name: 'x-a', value: `${canary}\n` }] },
    { headers: [{ name: 'authorization', value: canary }] },
    { tls: { caBundle: canary } },
    { tls: { serverName: `${canary}!` } },
    { endpoint: `https://user:${canary}@host` },
    { endpoint: `https://host?key=${canary}` },
    { endpoint: canary },
  ]
  for (const spec of values) {
    const problems = providerProblems(spec)
    assert.ok(problems.length > 0)
    assert.deepEqual(
      problems.filter(problem => problem.includes('canary')),
      [],
    )
  }
})
