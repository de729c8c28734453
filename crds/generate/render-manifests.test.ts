import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { renderManifests } from './render-manifests.ts'

const folder = new URL('../manifests/', import.meta.url)
const rendered = renderManifests()

test('crds/manifests holds what the language generates: run `npm run generate` after a change', () => {
  assert.deepEqual(readdirSync(folder).sort(), rendered.map(({ name }) => name).sort())
  for (const { name, text } of rendered) {
    assert.ok(readFileSync(new URL(name, folder), 'utf8') === text, `${name} is out of date`)
  }
})

test('the same language gives the same bytes', () => {
  assert.deepEqual(renderManifests(), rendered)
})

test('a manifest is small enough for an annotation that repeats it twice over', () => {
  for (const { name, text } of rendered) {
    const bytes = Buffer.byteLength(JSON.stringify(parse(text)))
    assert.ok(bytes < 100 * 1024, `${name}: ${bytes} bytes as JSON`)
  }
})

test('no manifest refers, chooses or nests types', () => {
  for (const { text } of rendered) {
    assert.doesNotMatch(text, /^ *-? *(\$ref|oneOf|anyOf|allOf|not|nullable|patternProperties):/m)
  }
})
