import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallIds, mintCallId } from './native-id.ts'

test('derives an id that every vendor accepts', () => {
  assert.match(mintCallId('r', 0, 0, 'f'), /^call_[0-9a-f]{24}$/)
  assert.equal(mintCallId('r', 0, 0, 'f'), mintCallId('r', 0, 0, 'f'))
  assert.notEqual(mintCallId('r', 0, 0, 'f'), mintCallId('r', 0, 1, 'f'))
})

test('matches answers by id, by name where the call had none, and never two to one call', () => {
  const ids = new CallIds()
  const nameless = ids.called(undefined, 'f')
  ids.called('own', 'f')
  assert.equal(ids.answered('own', 'f'), 'own')
  assert.equal(ids.answered('late', 'f'), nameless)
  assert.equal(ids.answered('stray', 'f'), 'stray')
})

test('gives an answer without a call an id of its own', () => {
  const ids = new CallIds()
  const one = ids.answered(undefined, 'f')
  assert.match(one, /^call_/)
})
