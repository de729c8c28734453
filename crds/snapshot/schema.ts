// The shape of a snapshot as it arrives: read leniently in what it adds, strictly in what a sidecar acts on.
import * as z from 'zod/mini'
import { readEndpoint } from '../resources/endpoint.ts'
import { explainProviderHeader, headerNamePattern } from '../resources/headers.ts'
import { isLongerThan } from '../resources/text-length.ts'
import { capabilities, dialects, failureKinds, operations } from '../vocabulary.ts'
import { snapshotVersion, type UnresolvedReason } from './policy-snapshot.ts'

const name = z.string().check(z.minLength(1), atMost(256))
const milliseconds = z.number().check(z.minimum(0), z.maximum(744 * 3_600_000))
const count = z.int().check(z.minimum(0), z.maximum(1_000_000_000))
const dollars = z.number().check(z.minimum(0), z.maximum(1_000_000_000))
const globs = z.array(name).check(z.maxLength(64))
const headerName = z.string().check(
  z.regex(new RegExp(headerNamePattern)),
  z.refine(text => text === text.toLowerCase(), { error: 'a lower-case name is expected' }),
)
const headerValue = z.string().check(z.maxLength(4096), z.regex(/^[\x20-\x7e]*$/))

const modelFacts = z.object({
  name,
  contextWindow: z.exactOptional(count),
  maxOutputTokens: z.exactOptional(count),
  price: z.exactOptional(
    z.object({ input: dollars, cachedInput: z.exactOptional(dollars), output: dollars }),
  ),
  capabilities: z.exactOptional(z.array(z.enum(capabilities))),
})

const stepBase = {
  name,
  hop: z.int().check(z.minimum(0), z.maximum(15)),
  when: z.array(z.enum(failureKinds)),
}

const unresolvedReasons = [
  'ProviderNotFound',
  'SecretNotFound',
  'SecretKeyMissing',
  'RefNotPermitted',
  'ProviderInvalid',
] as const satisfies readonly UnresolvedReason[]

/** `namespace/name/key`. */
const secretId = z.string().check(z.maxLength(600), z.regex(/^[-.a-z0-9]+\/[-.a-z0-9]+\/[-._a-zA-Z0-9]+$/))

const targetStep = z.object({
  ...stepBase,
  kind: z.literal('target'),
  provider: name,
  model: name,
  entersLargerWindow: z.boolean(),
  facts: z.exactOptional(modelFacts),
  maxOutputTokens: z.exactOptional(count),
  requireParameters: z.boolean(),
  allowDifferentEmbeddingSpace: z.boolean(),
  unresolved: z.exactOptional(z.enum(unresolvedReasons)),
  timeout: z.object({
    connectMs: milliseconds,
    firstTokenMs: milliseconds,
    idleMs: milliseconds,
    totalMs: milliseconds,
  }),
  retry: z.object({
    attempts: z.int().check(z.minimum(0), z.maximum(5)),
    initialMs: milliseconds,
    factor: z.number().check(z.minimum(1), z.maximum(10)),
    maxMs: milliseconds,
  }),
  circuitBreaker: z.object({
    failures: z.int().check(z.minimum(1), z.maximum(100)),
    windowMs: milliseconds,
    openForMs: milliseconds,
  }),
})

const cacheStep = z.object({ ...stepBase, kind: z.literal('cache'), maxAgeMs: milliseconds })

const manualStep = z.object({
  ...stepBase,
  kind: z.literal('manual'),
  text: z.string().check(atMost(4096)),
  status: z.literal([200, 503]),
})

const route = z.object({
  name,
  strategy: name,
  match: z.object({
    models: z.exactOptional(globs),
    operations: z.exactOptional(z.array(z.enum(operations))),
    headers: z.exactOptional(
      z.array(z.object({ name: headerName, value: z.exactOptional(headerValue) })).check(z.maxLength(16)),
    ),
  }),
  limits: z.object({ deadlineMs: milliseconds, attempts: z.int().check(z.minimum(1), z.maximum(20)) }),
  retryBudget: z.object({
    percent: z.number().check(z.minimum(0), z.maximum(100)),
    minPerSecond: z.number().check(z.minimum(0), z.maximum(1000)),
  }),
  whenAllOpen: z.enum(['Fail', 'TryLeastBad', 'Wait']),
  residency: z.exactOptional(z.object({ regions: globs })),
  budget: z.exactOptional(
    z.object({ usd: dollars, perMs: milliseconds, onExceeded: z.enum(['Fallback', 'Reject']) }),
  ),
  streaming: z.object({ onBreak: z.literal('Terminate'), keepAliveMs: milliseconds }),
  cacheFirst: z.exactOptional(z.object({ maxAgeMs: milliseconds })),
  chain: z
    .array(z.discriminatedUnion('kind', [targetStep, cacheStep, manualStep]))
    .check(z.minLength(1), z.maxLength(16)),
})

const policy = z.object({
  namespace: name,
  name,
  identity: name,
  mode: z.enum(['Enforce', 'Observe']),
  tenant: z.exactOptional(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('header'), name: headerName }),
      z.object({ kind: z.literal('value'), value: headerValue }),
    ]),
  ),
  passThrough: z.exactOptional(name),
  routes: z.array(route).check(z.maxLength(64)),
})

const provider = z.object({
  key: name,
  kind: z.enum(['LLMProvider', 'ClusterLLMProvider']),
  name,
  dialect: z.enum(dialects),
  endpoint: z.string().check(
    z.refine(text => readEndpoint(text).kind === 'endpoint', {
      error: 'not an endpoint that may be called',
    }),
  ),
  region: z.exactOptional(name),
  credentials: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('file'), path: z.string().check(z.minLength(1), atMost(4096)) }),
    z.object({ kind: z.literal('env'), name }),
    z.object({ kind: z.literal('secret'), id: secretId }),
    z.object({ kind: z.literal('caller') }),
  ]),
  headers: z
    .array(
      z.object({
        name: headerName.check(
          z.refine(text => explainProviderHeader(text) === undefined, {
            error: 'not a header that may be set',
          }),
        ),
        value: headerValue,
      }),
    )
    .check(z.maxLength(32)),
  tls: z.exactOptional(
    z.object({
      caBundle: z.exactOptional(z.string().check(atMost(262_144))),
      serverName: z.exactOptional(name),
    }),
  ),
  models: z.array(modelFacts).check(z.maxLength(200)),
})

/** Fields that are not known here come from a newer operator and are left out. */
export const snapshotSchema = z.object({
  version: z.literal(snapshotVersion),
  digest: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  policies: z.array(policy).check(z.maxLength(64)),
  providers: z.record(name, provider),
})

/** Counted as where the resource was accepted. */
function atMost(maxLength: number) {
  return z.refine<string>(text => !isLongerThan(text, maxLength), {
    error: `at most ${maxLength} characters`,
  })
}
