import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dialects } from '../../crds/vocabulary.ts'
import {
  allDialects,
  allEmbeddingDialects,
  allFormats,
  bindingOf,
  dialectOf,
  embeddingDialectOf,
} from './registry.ts'

test('every dialect that a provider may name can be called, in formats that are registered', () => {
  for (const name of dialects) {
    const { provider, completion, embeddings } = bindingOf(name)
    assert.equal(provider, name)
    assert.ok(dialectOf(completion))
    if (embeddings !== undefined) assert.ok(embeddingDialectOf(embeddings))
  }
})

test('a format is found by its name', () => {
  for (const dialect of allDialects) assert.equal(dialectOf(dialect.format), dialect)
  for (const dialect of allEmbeddingDialects) assert.equal(embeddingDialectOf(dialect.format), dialect)
})

test('no two formats share a path unless they tell their requests apart', () => {
  const claimants = new Map<string, string[]>()
  for (const { surfaces, claims, format } of allFormats) {
    for (const { path } of surfaces) {
      if (claims === undefined) claimants.set(path, [...(claimants.get(path) ?? []), format])
    }
  }
  for (const [path, formats] of claimants) assert.equal(formats.length, 1, `${path}: ${formats}`)
})

test('headers that are forwarded and marks of clients are written in lower case', () => {
  for (const { habits, marks } of allFormats) {
    for (const name of [...habits.forwardedHeaders, ...(marks?.headers ?? []), habits.requestIdHeader]) {
      assert.equal(name, name.toLowerCase())
    }
  }
})
