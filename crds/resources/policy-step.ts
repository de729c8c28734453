// One step of a chain: a target, the cache, or a fixed answer.
import * as z from 'zod/mini'
import { failureKinds } from '../vocabulary.ts'
import {
  decimal,
  described,
  duration,
  exactlyOne,
  integer,
  list,
  notSupportedYet,
  object,
  oneOf,
  text,
} from './field.ts'
import { dnsLabel, modelName } from './names.ts'
import type { Immutable } from './resource.ts'

const anyTimeout = { min: '10ms', max: '1h' }
/** How old a stored answer may be. */
export const cacheAgeBounds = { min: '1ms', max: '720h' }

/** What absent fields of a target step mean. */
export const stepDefaults = {
  timeout: { connect: '2s', firstToken: '10s', idle: '20s', total: '60s' },
  backoff: { initial: '100ms', factor: 5, max: '2s' },
  retryAttempts: 0,
  circuitBreaker: { failures: 3, window: '30s', openFor: '60s' },
} as const

export const providerRef = object(
  {
    kind: z._default(
      oneOf(
        ['LLMProvider', 'ClusterLLMProvider'],
        'a kind of provider',
        'LLMProvider of the policy’s own namespace, or ClusterLLMProvider.',
      ),
      'LLMProvider',
    ),
    name: dnsLabel('Name of the provider.'),
  },
  'A provider by kind and name.',
)

const target = object(
  {
    providerRef,
    model: modelName('Model as the provider spells it.'),
    maxOutputTokens: z.exactOptional(
      integer('Caps the tokens of the answer: lowers what the caller asked, or sets it.', {
        min: 1,
        max: 1_000_000_000,
      }),
    ),
    requireParameters: z._default(
      described(z.boolean(), 'Skips this step when a translation would lose a parameter of the caller.'),
      false,
    ),
    allowDifferentEmbeddingSpace: z._default(
      described(z.boolean(), 'Lets an embeddings request be answered by a model of another name.'),
      false,
    ),
  },
  'A model at a provider.',
)

const timeout = object(
  {
    connect: z._default(
      duration('Until the connection stands, TLS included.', anyTimeout),
      stepDefaults.timeout.connect,
    ),
    firstToken: z._default(
      duration('From sending to the first content of a stream.', anyTimeout),
      stepDefaults.timeout.firstToken,
    ),
    idle: z._default(duration('Between two pieces of a stream.', anyTimeout), stepDefaults.timeout.idle),
    total: z._default(duration('For the whole attempt.', anyTimeout), stepDefaults.timeout.total),
  },
  'Limits of one attempt; all are cut to what is left of the deadline.',
)

const backoff = object(
  {
    initial: z._default(
      duration('Longest wait before the first retry.', { min: '1ms', max: '10s' }),
      stepDefaults.backoff.initial,
    ),
    factor: z._default(
      decimal('The wait grows by this factor with each retry.', { min: 1, max: 10 }),
      stepDefaults.backoff.factor,
    ),
    max: z._default(
      duration('The wait grows no longer than this.', { min: '1ms', max: '60s' }),
      stepDefaults.backoff.max,
    ),
  },
  'Waits between retries that the provider asked no wait for; each is drawn at random up to this length.',
)

const retry = object(
  {
    attempts: z._default(
      integer('How often the same target is asked again.', { min: 0, max: 5 }),
      stepDefaults.retryAttempts,
    ),
    backoff: z._default(backoff, stepDefaults.backoff),
  },
  'Retries of the same target, before the walk goes on.',
)

const circuitBreaker = object(
  {
    failures: z._default(
      integer('Consecutive failures that open it.', { min: 1, max: 100 }),
      stepDefaults.circuitBreaker.failures,
    ),
    window: z._default(
      duration('Time within which they must happen.', { min: '1s', max: '1h' }),
      stepDefaults.circuitBreaker.window,
    ),
    openFor: z._default(
      duration('How long it stays open before one probe.', { min: '1s', max: '1h' }),
      stepDefaults.circuitBreaker.openFor,
    ),
  },
  'Leaves a target that keeps failing alone for a while.',
)

export const cachePeriod = object(
  { maxAge: duration('Oldest answer that may be served.', cacheAgeBounds) },
  'An earlier answer to the same request.',
)

const manual = object(
  {
    text: text({
      description: 'The answer, word for word.',
      expected: 'a text is expected',
      maxLength: 4096,
      isPublic: false,
    }),
    status: z._default(
      described(
        z.literal([200, 503]),
        '200: a complete answer. 503: an error of the caller’s dialect with the text as its message.',
      ),
      200,
    ),
  },
  'A fixed answer.',
)

const members = ['target', 'cache', 'manual']
const oneMember = exactlyOne(members, `a step has exactly one of ${members.join(', ')}`)

export const policyStep = object(
  {
    name: dnsLabel('Name of the step, unique within the route.'),
    when: z.exactOptional(
      list(
        oneOf(failureKinds, 'a failure kind', `One of ${failureKinds.join(', ')}.`),
        { min: 1, max: failureKinds.length },
        'Failures that may enter this step. Absent: for a target every availability failure and every skip, for the others everything but BadRequest and GuardrailBlocked.',
      ),
    ),
    target: z.exactOptional(target),
    cache: z.exactOptional(cachePeriod),
    manual: z.exactOptional(manual),
    timeout: z.exactOptional(timeout),
    retry: z.exactOptional(retry),
    circuitBreaker: z.exactOptional(circuitBreaker),
    hedge: notSupportedYet('Starts the next target when no content came in time.'),
  },
  'One step of the chain.',
).check(oneMember.rule, oneMember.meta)

export type PolicyStep = Immutable<z.infer<typeof policyStep>>
export type ProviderRef = Immutable<z.infer<typeof providerRef>>
