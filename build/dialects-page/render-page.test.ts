import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { dialects } from '../../crds/vocabulary.ts'
import { bindingOf, dialectOf } from '../../sidecar/dialect/registry.ts'
import { fateOf } from './ask-encoders.ts'
import { contentProbes, parameterProbes } from './probes.ts'
import { renderPage } from './render-page.ts'

const page = readFileSync(new URL('../../docs/dialects.md', import.meta.url), 'utf8')

test('docs/dialects.md is what the adapters say: run `npm run generate` after a change', () => {
  assert.ok(page === renderPage(), 'docs/dialects.md is out of date')
})

test('every dialect of the language is on the page', () => {
  for (const name of dialects) assert.ok(page.includes(`| \`${name}\` |`), name)
})

test('a parameter or a part that is gone was reported, by every format that requests are translated to', () => {
  const silent = dialects.flatMap(name => {
    const binding = bindingOf(name)
    if (binding === undefined) return []
    const target = { dialect: dialectOf(binding.completion), model: 'some-model' }
    return [...parameterProbes, ...contentProbes]
      .filter(probe => fateOf(probe, target) === 'converted' && !mayBeSaidOtherwise.has(probe.name))
      .map(probe => `${name}: ${probe.name}`)
  })
  assert.deepEqual(silent, [])
})

/** Said in another way with the same meaning, by one format or another. */
const mayBeSaidOtherwise: ReadonlySet<string> = new Set([
  'tool choice: none',
  'tool choice: one by name',
  'document, inline',
  'an unfinished answer to continue',
  'tool result with a picture',
  'refusal',
])
