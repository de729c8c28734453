import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseVariables } from './choose-variables.ts'

type Fields = Readonly<Record<string, unknown>>

/** What the container has in the end, of the two variables. */
function exceptions(env: readonly Fields[], more: Fields = {}) {
  const { added, changed, kept } = chooseVariables({ env, ...more })
  const value = (name: string) => {
    const index = env.findIndex(variable => variable['name'] === name)
    return (
      changed.find(change => change.index === index)?.value ??
      added.find(one => one.name === name)?.value ??
      'as it is'
    )
  }
  return { upper: value('NO_PROXY'), lower: value('no_proxy'), kept }
}

const proxy = { name: 'HTTPS_PROXY', value: 'http://proxy.example:3128' }

test('without a proxy there is no exception', () => {
  assert.deepEqual(exceptions([]), { upper: 'as it is', lower: 'as it is', kept: [] })
})

test('with one, loopback is excepted in both spellings', () => {
  const { upper, lower } = exceptions([proxy])
  assert.deepEqual([upper, lower], ['127.0.0.1,localhost', '127.0.0.1,localhost'])
})

test('exceptions of the app stay, also for clients that read the other spelling', () => {
  const { upper, lower } = exceptions([proxy, { name: 'NO_PROXY', value: '.svc, localhost' }])
  assert.deepEqual([upper, lower], ['127.0.0.1,.svc, localhost', '127.0.0.1,.svc, localhost'])
})

test('what is excepted from everything is left alone', () => {
  assert.equal(exceptions([proxy, { name: 'no_proxy', value: '*' }]).lower, 'as it is')
})

test('an exception that comes from elsewhere is told, and the other spelling refers to it', () => {
  const elsewhere = { name: 'no_proxy', valueFrom: { configMapKeyRef: { name: 'c', key: 'k' } } }
  const { upper, lower, kept } = exceptions([proxy, elsewhere])
  assert.deepEqual([upper, lower, kept], ['127.0.0.1,localhost,$(no_proxy)', 'as it is', ['no_proxy']])
})

test('where a proxy may come unseen, unseen exceptions are referred to', () => {
  const { upper } = exceptions([], { envFrom: [{ configMapRef: { name: 'proxy' } }] })
  assert.equal(upper, '127.0.0.1,localhost,$(NO_PROXY),$(no_proxy)')
})
