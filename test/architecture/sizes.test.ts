// A file is one idea, a function fits on a screen.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSources } from './read-sources.ts'

const maxFileLines = 250
const maxFunctionLines = 45

const sources = readSources()

test(`no file is longer than ${maxFileLines} lines`, () => {
  const long = sources.filter(source => source.lineCount > maxFileLines)
  assert.deepEqual(
    long.map(source => `${source.path}: ${source.lineCount} lines`),
    [],
  )
})

test(`no function is longer than ${maxFunctionLines} lines`, () => {
  const long = sources
    .filter(source => !source.isTest)
    .flatMap(source =>
      source.functions
        .filter(one => one.lines > maxFunctionLines)
        .map(one => `${source.path}:${one.line} ${one.name}: ${one.lines} lines`),
    )
  assert.deepEqual(long, [])
})

test('the measure sees functions of every kind', () => {
  const here = sources.find(source => source.path.endsWith('architecture/sizes.test.ts'))
  assert.ok((here?.functions.length ?? 0) >= 6)
})
