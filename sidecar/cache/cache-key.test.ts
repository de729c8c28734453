import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CacheKeyParts } from './cache-key.ts'
import { cacheKey } from './cache-key.ts'

/** Texts that look like the key's own framing, beside ordinary ones. */
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('', '0:', '1:a', 'none', 'named', '\n', '\u0000', '4:none0:', '\ud800', '\udfff'),
  fc.array(fc.constantFrom('1', ':', 'a', '\n', '/'), { maxLength: 6 }).map(letters => letters.join('')),
)

const parts: fc.Arbitrary<CacheKeyParts> = fc
  .record({
    tenant: fc.option(text, { nil: undefined }),
    policyNamespace: text,
    policyName: text,
    route: text,
    format: text,
    contentDigest: text,
  })
  .map(({ tenant, ...rest }) => (tenant === undefined ? rest : { ...rest, tenant }))

test('keys are equal exactly when all parts are', () => {
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      const isSame = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
      assert.equal(cacheKey(one) === cacheKey(other), isSame)
    }),
    { numRuns: 500 },
  )
})

test('a change of any single part gives another key', () => {
  const names = ['tenant', 'policyNamespace', 'policyName', 'route', 'format', 'contentDigest'] as const
  fc.assert(
    fc.property(parts, fc.constantFrom(...names), text, (one, name, value) => {
      fc.pre(one[name] !== value)
      assert.notEqual(cacheKey(one), cacheKey({ ...one, [name]: value }))
    }),
    { numRuns: 500 },
  )
})

test('characters moved across the border of two parts give another key', () => {
  const rest = { route: 'r', format: 'f', contentDigest: 'd' }
  assert.notEqual(
    cacheKey({ ...rest, tenant: 'ab', policyNamespace: 'c', policyName: 'p' }),
    cacheKey({ ...rest, tenant: 'a', policyNamespace: 'bc', policyName: 'p' }),
  )
})

test('no tenant and an empty tenant do not share answers', () => {
  const rest = { policyNamespace: 'n', policyName: 'p', route: 'r', format: 'f', contentDigest: 'd' }
  assert.notEqual(cacheKey(rest), cacheKey({ ...rest, tenant: '' }))
})

test('a very long tenant makes no long key, and still one of its own', () => {
  const rest = { policyNamespace: 'n', policyName: 'p', route: 'r', format: 'f', contentDigest: 'd' }
  const one = cacheKey({ ...rest, tenant: `${'t'.repeat(8_000)}1` })
  const other = cacheKey({ ...rest, tenant: `${'t'.repeat(8_000)}2` })
  assert.notEqual(one, other)
  assert.ok(one.length < 100)
})

function sorted(one: CacheKeyParts): unknown {
  return Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))
}
