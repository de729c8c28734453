import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenEstimator } from './token-estimate.ts'

const text = (textCharacters: number) => ({ textCharacters, mediaParts: 0 })

function taught(
  estimator: TokenEstimator,
  model: string,
  sample: { characters: number; tokens: number },
  times = 20,
) {
  for (let call = 0; call < times; call += 1) estimator.learn(model, text(sample.characters), sample.tokens)
}

test('an unknown model counts like English prose, media apart', () => {
  const estimator = new TokenEstimator()
  assert.equal(estimator.estimate('m', text(4000)), 1000)
  assert.equal(estimator.estimate('m', { textCharacters: 4000, mediaParts: 2 }), 3000)
})

test('learns from what the provider counts, each model for itself', () => {
  const estimator = new TokenEstimator()
  taught(estimator, 'dense', { characters: 2000, tokens: 1000 })
  assert.equal(estimator.estimate('dense', text(4000)), 2000)
  assert.equal(estimator.estimate('other', text(4000)), 1000)
})

test('pessimism reserves more, and does not touch what is certain', () => {
  const estimator = new TokenEstimator({ pessimism: 1.5 })
  assert.equal(estimator.estimate('m', text(4000)), 1500)
  assert.equal(estimator.atLeast('m', text(4000)), 400)
})

test('an unknown model is given the benefit of the doubt', () => {
  const estimator = new TokenEstimator()
  assert.equal(estimator.certainlyExceeds('m', text(40_000), 8000), false)
  assert.equal(estimator.certainlyExceeds('m', text(100_000), 8000), true)
})

test('a known model is judged more closely, but never by less than prose could be', () => {
  const estimator = new TokenEstimator()
  taught(estimator, 'm', { characters: 4000, tokens: 1000 })
  assert.equal(estimator.certainlyExceeds('m', text(60_000), 8000), true)
  taught(estimator, 'dense', { characters: 1000, tokens: 1000 })
  assert.equal(estimator.certainlyExceeds('dense', text(39_000), 8000), false)
})

test('a lighter text seen once keeps later ones from being refused', () => {
  const estimator = new TokenEstimator()
  taught(estimator, 'm', { characters: 4000, tokens: 1000 })
  estimator.learn('m', text(9000), 1000)
  assert.equal(estimator.certainlyExceeds('m', text(72_000), 8000), false)
})

test('media never makes a prompt certainly too large, and teaches nothing', () => {
  const estimator = new TokenEstimator()
  for (let call = 0; call < 20; call += 1) estimator.learn('m', { textCharacters: 4000, mediaParts: 1 }, 5000)
  assert.equal(estimator.estimate('m', text(4000)), 1000)
  assert.equal(estimator.certainlyExceeds('m', { textCharacters: 0, mediaParts: 500 }, 1000), false)
})

test('nonsense and tiny prompts teach nothing', () => {
  const estimator = new TokenEstimator()
  for (const tokens of [0, -5, Number.NaN, 10_000_000]) estimator.learn('m', text(4000), tokens)
  estimator.learn('m', text(10), 50)
  assert.equal(estimator.estimate('m', text(4000)), 1000)
})

test('remembers a bounded number of models and forgets the one met first', () => {
  const estimator = new TokenEstimator({ maxModels: 2 })
  for (const model of ['a', 'b', 'a', 'c']) estimator.learn(model, text(2000), 1000)
  assert.equal(estimator.estimate('a', text(2000)), 500)
  assert.equal(estimator.estimate('b', text(2000)), 1000)
  assert.equal(estimator.estimate('c', text(2000)), 1000)
})
