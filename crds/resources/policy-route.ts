// One route: which requests, within which limits, along which chain.
import * as z from 'zod/mini'
import { operations } from '../vocabulary.ts'
import {
  decimal,
  described,
  duration,
  exactlyOne,
  integer,
  line,
  list,
  notSupportedYet,
  object,
  oneOf,
} from './field.ts'
import { headerName, headerValue } from './headers.ts'
import { money } from './money.ts'
import { dnsLabel, regionPattern } from './names.ts'
import { cachePeriod, policyStep } from './policy-step.ts'
import type { Immutable } from './resource.ts'

/** How long a walk may take, and how many calls it may make. */
export const deadlineBounds = { min: '10ms', max: '1h' }
export const attemptBounds = { min: 1, max: 20 }

/** What absent fields of a route mean. */
export const routeDefaults = {
  limits: { deadline: '60s', attempts: 6 },
  retryBudget: { percent: 20, minPerSecond: 3 },
  whenAllOpen: 'Fail',
  onExceeded: 'Fallback',
  streaming: { onBreak: 'Terminate', keepAlive: '15s' },
} as const

const headerMembers = ['value', 'present']
const oneHeaderMember = exactlyOne(headerMembers, `a header has exactly one of ${headerMembers.join(', ')}`)

const match = object(
  {
    models: z.exactOptional(
      list(
        line('A model or a pattern such as gpt-4o*.', 'a model or a pattern is expected'),
        { min: 1, max: 64 },
        'Models that callers may ask for; * stands for any characters.',
      ),
    ),
    operations: z.exactOptional(
      list(
        oneOf(operations, 'an operation', `One of ${operations.join(', ')}.`),
        { min: 1, max: operations.length },
        'What is asked for.',
      ),
    ),
    headers: z.exactOptional(
      list(
        object(
          {
            name: headerName('Name of a request header.'),
            value: z.exactOptional(headerValue('The value that it must have.')),
            present: z.exactOptional(described(z.literal(true), 'It must be there, with whatever value.')),
          },
          'A condition on one header.',
        ).check(oneHeaderMember.rule, oneHeaderMember.meta),
        { min: 1, max: 16 },
        'Conditions that must all hold.',
      ),
    ),
  },
  'Which requests take this route; absent fields match everything.',
)

const limits = object(
  {
    deadline: z._default(duration('For the whole walk.', deadlineBounds), routeDefaults.limits.deadline),
    attempts: z._default(
      integer('Calls to providers, retries included.', attemptBounds),
      routeDefaults.limits.attempts,
    ),
  },
  'Limits of the whole walk.',
)

const retryBudget = object(
  {
    percent: z._default(
      decimal('Retries that a target may get, in percent of its requests.', { min: 0, max: 100 }),
      routeDefaults.retryBudget.percent,
    ),
    minPerSecond: z._default(
      decimal('Retries a second that are always allowed.', { min: 0, max: 1000 }),
      routeDefaults.retryBudget.minPerSecond,
    ),
  },
  'Keeps retries from multiplying an outage; counted for each target.',
)

const residency = object(
  {
    regions: list(regionPattern(), { min: 1, max: 64 }, 'Regions in which content may be processed.'),
  },
  'Where content may go; no step may leave it.',
)

const budget = object(
  {
    usd: money('US dollars that may be spent in a period.'),
    per: duration('The period.', { min: '1s', max: '744h' }),
    onExceeded: z._default(
      oneOf(
        ['Fallback', 'Reject'],
        'an answer to a spent budget',
        'Fallback skips targets that no longer fit, Reject refuses the request.',
      ),
      routeDefaults.onExceeded,
    ),
  },
  'What the route may cost.',
)

export const onBreakChoices = ['Terminate', 'Continue', 'Splice'] as const

const streaming = object(
  {
    onBreak: z._default(
      oneOf(
        onBreakChoices,
        'an answer to a broken stream',
        'What happens when a stream breaks after it began.',
      ),
      routeDefaults.streaming.onBreak,
    ),
    holdBack: notSupportedYet('Holds the beginning of a stream back, so that it can be judged.'),
    keepAlive: z._default(
      duration('Comments are sent to a waiting caller this often.', { min: '100ms', max: '60s' }),
      routeDefaults.streaming.keepAlive,
    ),
  },
  'How streams behave.',
)

export const policyRoute = object(
  {
    name: dnsLabel('Name of the route, unique within the policy.'),
    match: z.exactOptional(match),
    limits: z._default(limits, routeDefaults.limits),
    retryBudget: z._default(retryBudget, routeDefaults.retryBudget),
    whenAllOpen: z._default(
      oneOf(
        ['Fail', 'TryLeastBad', 'Wait'],
        'an answer to open breakers',
        'What happens when every target is held open by its breaker.',
      ),
      routeDefaults.whenAllOpen,
    ),
    residency: z.exactOptional(residency),
    budget: z.exactOptional(budget),
    streaming: z._default(streaming, routeDefaults.streaming),
    cacheFirst: z.exactOptional(cachePeriod),
    idempotency: notSupportedYet('Joins and replays requests that are sent twice.'),
    quality: notSupportedYet('Gates that an answer must pass.'),
    chain: list(policyStep, { min: 1, max: 16 }, 'Steps in order; the first one is entered by the request.'),
  },
  'One route.',
)

export type PolicyRoute = Immutable<z.infer<typeof policyRoute>>
