import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { ApiRequest } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { createTokenReviewer } from './token-reviewer.ts'

const clock = new FakeClock()
const inTenMinutes = Math.floor(clock.wallTime() / 1000) + 600

function tokenWith(payload: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part(payload)}.c2lnbmF0dXJl`
}

const token = tokenWith({ exp: inTenMinutes })
const status = {
  authenticated: true,
  audiences: ['llm-fallback'],
  user: {
    username: 'system:serviceaccount:shop:cart',
    extra: {
      'authentication.kubernetes.io/pod-name': ['cart-1'],
      'authentication.kubernetes.io/pod-uid': ['uid-1'],
    },
  },
}

function reviewerOver(answer: (request: ApiRequest) => unknown) {
  const asked: ApiRequest[] = []
  const client = {
    send: async (request: ApiRequest) => {
      asked.push(request)
      return answer(request)
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
  }
  return { asked, reviewer: createTokenReviewer({ client, clock, audience: 'llm-fallback' }) }
}

test('a good token says which pod it is of and when it ends', async () => {
  const { asked, reviewer } = reviewerOver(() => ({ status }))
  assert.deepEqual(await reviewer.review(token), {
    kind: 'authenticated',
    namespace: 'shop',
    serviceAccount: 'cart',
    pod: 'cart-1',
    podUid: 'uid-1',
    expiresAt: inTenMinutes * 1000,
  })
  assert.deepEqual(Object(asked[0]?.body).spec, { token, audiences: ['llm-fallback'] })
})

const user = status.user
for (const [what, answer, reason] of [
  ['not authenticated', { ...status, authenticated: false }, /does not accept/],
  ['authenticated by a word', { ...status, authenticated: 'true' }, /does not accept/],
  ['for another audience', { ...status, audiences: ['api'] }, /another audience/],
  ['without audiences', { ...status, audiences: undefined }, /another audience/],
  ['of a person', { ...status, user: { ...user, username: 'admin' } }, /no ServiceAccount/],
  [
    'of a name that only begins well',
    { ...status, user: { ...user, username: 'system:serviceaccount:a:b:c' } },
    /no ServiceAccount/,
  ],
  ['without a pod', { ...status, user: { ...user, extra: {} } }, /not bound to a pod/],
  [
    'with two pods',
    {
      ...status,
      user: { ...user, extra: { ...user.extra, 'authentication.kubernetes.io/pod-uid': ['a', 'b'] } },
    },
    /not bound to a pod/,
  ],
  ['with nothing', undefined, /does not accept/],
] as const) {
  test(`a review ${what} refuses, without quoting the token`, async () => {
    const verdict = await reviewerOver(() => ({ status: answer })).reviewer.review(token)
    assert.equal(verdict.kind, 'refused')
    assert.match(verdict.reason, reason)
    assert.ok(!verdict.reason.includes(token))
  })
}

test('an expired token is refused even while the API server would still accept it', async () => {
  const { asked, reviewer } = reviewerOver(() => ({ status }))
  const old = tokenWith({ exp: Math.floor(clock.wallTime() / 1000) })
  assert.deepEqual(await reviewer.review(old), { kind: 'refused', reason: 'the token has expired' })
  assert.equal(asked.length, 0)
})

test('whatever is no token is refused without asking', async () => {
  const { asked, reviewer } = reviewerOver(() => ({ status }))
  const withoutExpiry = fc.json().map(text => `x.${Buffer.from(text).toString('base64url')}.y`)
  const long = fc.constant(tokenWith({ exp: inTenMinutes, pad: 'x'.repeat(20_000) }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), withoutExpiry, long), async text => {
      assert.equal((await reviewer.review(text)).kind, 'refused')
    }),
  )
  assert.equal(asked.length, 0)
})

test('an API server that cannot be asked is not a refusal', async () => {
  const { asked, reviewer } = reviewerOver(() => {
    throw new ApiError({ status: 0, reason: 'Unreachable', message: 'no way there' })
  })
  assert.deepEqual(await reviewer.review(token), { kind: 'unavailable', reason: 'no way there' })
  assert.equal(asked.length, 2, 'a stale connection is worth a second try')
})

test('an operator that may not ask says so, once', async () => {
  const { asked, reviewer } = reviewerOver(() => {
    throw new ApiError({ status: 403, reason: 'Forbidden', message: 'tokenreviews is forbidden' })
  })
  assert.equal((await reviewer.review(token)).kind, 'unavailable')
  assert.equal(asked.length, 1)
})
