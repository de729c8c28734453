// Time and chance come in as parameters, settings through one door.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWithin } from './import-table.ts'
import { readSources } from './read-sources.ts'

const shipped = readSources().filter(source => !source.isTest)

function uses(names: readonly string[], isAsked: (path: string) => boolean): readonly string[] {
  return shipped
    .filter(source => isAsked(source.path))
    .flatMap(source =>
      source.names
        .filter(used => names.includes(used.name))
        .map(used => `${source.path}:${used.line} uses ${used.name}`),
    )
}

test('the walk and the small machines read no clock and no chance of their own', () => {
  const own = ['Date.now', 'new Date', 'performance.now', 'setTimeout', 'setInterval', 'Math.random']
  const isCore = (path: string) =>
    (isWithin(path, 'sidecar/chain') || isWithin(path, 'sidecar/resilience')) &&
    path !== 'sidecar/resilience/clock.ts'
  assert.deepEqual(uses(own, isCore), [])
})

test('the measure finds what it looks for', () => {
  const found = uses(['setTimeout', 'Date.now'], path => path === 'sidecar/resilience/clock.ts')
  assert.equal(found.length, 2)
})

test('only the settings read the environment', () => {
  const isProgram = (path: string) =>
    /^(crds|sidecar|operator)\//.test(path) && !path.endsWith('/settings.ts')
  assert.deepEqual(uses(['process.env'], isProgram), [])
})
