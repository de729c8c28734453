import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RelistAudit } from './relist-audit.ts'
import { Store } from './store.ts'
import { fieldsOf, textOf } from './untrusted.ts'

const readValue = (object: unknown) => textOf(fieldsOf(object)['value'])

type Step = {
  readonly name: string
  readonly write: 'put' | 'remove'
  /** Whether the watch ever tells of it. */
  readonly told: 'told' | 'lost'
}

/** A world that changes, a list taken somewhere in it, a watch that lags behind and then catches up. */
function play(steps: readonly Step[], listAfter: number, seenAtList: number) {
  const store = new Store<string>()
  const world = new Map<string, { readonly value: string; readonly version: number }>()
  const audit = new RelistAudit(store, readValue)
  const queue: (() => void)[] = []
  const list = (version: number) => {
    for (const deliver of queue.splice(0, seenAtList)) deliver()
    const objects = [...world].map(([name, { value, version }]) => ({
      head: { namespace: '', name, uid: name, resourceVersion: String(version) },
      object: { value },
    }))
    audit.addPage({ resourceVersion: String(version), objects })
    audit.finish()
  }
  const key = (name: string) => ({ namespace: '', name })
  steps.forEach(({ name, write, told }, at) => {
    const version = at + 100
    if (at === listAfter) list(version - 1)
    if (write === 'put') world.set(name, { value: `${name}${version}`, version })
    else if (!world.delete(name)) return
    if (told === 'lost') return
    queue.push(() => {
      if (write === 'put') store.put(key(name), `${name}${version}`, String(version))
      else {
        audit.noteDeletion(key(name), String(version))
        store.remove(key(name))
      }
    })
  })
  if (listAfter >= steps.length) list(steps.length + 99)
  for (const deliver of queue) deliver()
  const missed = audit.settle(String(steps.length + 99))
  return { missed, held: [...store.list()].sort(), real: [...world.values()].map(one => one.value).sort() }
}

const steps = (told: fc.Arbitrary<Step['told']>) =>
  fc.array(
    fc.record<Step>({
      name: fc.constantFrom('a', 'b', 'c'),
      write: fc.constantFrom('put', 'put', 'remove'),
      told,
    }),
    { maxLength: 14 },
  )

test('what a watch tells in full is never called missed, however late it comes', () => {
  fc.assert(
    fc.property(steps(fc.constant('told')), fc.nat(15), fc.nat(15), (all, listAfter, seenAtList) => {
      const { missed, held, real } = play(all, listAfter, seenAtList)
      assert.equal(missed, 0)
      assert.deepEqual(held, real)
    }),
  )
})

test('after a list taken last everything is right, whatever was lost, and losses that matter are counted', () => {
  fc.assert(
    fc.property(steps(fc.constantFrom('told', 'lost')), fc.nat(15), (all, seenAtList) => {
      const { missed, held, real } = play(all, all.length, seenAtList)
      assert.deepEqual(held, real)
      if (all.every(step => step.told === 'told')) assert.equal(missed, 0)
    }),
  )
})

test('a lost write, a lost object and a lost deletion count one each', () => {
  const put = (name: string, told: Step['told']): Step => ({ name, write: 'put', told })
  const all: Step[] = [
    put('a', 'told'),
    put('b', 'told'),
    put('a', 'lost'),
    put('c', 'lost'),
    { name: 'b', write: 'remove', told: 'lost' },
  ]
  assert.equal(play(all, all.length, 9).missed, 3)
})

test('what is later than the watch has come is not judged', () => {
  const store = new Store<string>()
  const audit = new RelistAudit(store, readValue)
  const head = { namespace: '', name: 'a', uid: 'a', resourceVersion: '20' }
  audit.addPage({ resourceVersion: '20', objects: [{ head, object: { value: 'a' } }] })
  audit.finish()
  assert.equal(audit.settle('19'), 0)
})
