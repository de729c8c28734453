import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adaptSchema, isClosedSchema } from './schema-limits.ts'

test('closes open objects at every depth: their answers still satisfy the original', () => {
  const inner = { type: 'object', properties: { a: { type: 'string' } } }
  const adapted = adaptSchema({ type: 'object', properties: { list: { type: 'array', items: inner } } })
  assert.deepEqual(adapted, {
    schema: {
      type: 'object',
      properties: { list: { type: 'array', items: { ...inner, additionalProperties: false } } },
      additionalProperties: false,
    },
    isFaithful: true,
  })
})

test('turns constraints that are not accepted into prose, and says that it did', () => {
  const adapted = adaptSchema({
    type: 'object',
    properties: { age: { type: 'integer', minimum: 0, description: 'Years.' } },
  })
  assert.equal(adapted?.isFaithful, false)
  assert.deepEqual(adapted?.schema['properties'], {
    age: { type: 'integer', description: 'Years.\n\nConstraints: minimum: 0' },
  })
})

test('gives up on schemas of which no form is accepted', () => {
  assert.equal(adaptSchema({ type: 'array', items: { type: 'string' } }), undefined)
  assert.equal(adaptSchema({ type: 'object', properties: { next: { $ref: '#' } } }), undefined)
  const tree = { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } }
  assert.equal(adaptSchema({ ...tree, $defs: { tree } }), undefined)
})

test('keeps references that lead nowhere twice', () => {
  const schema = {
    type: 'object',
    properties: { from: { $ref: '#/$defs/place' }, to: { $ref: '#/$defs/place' } },
    additionalProperties: false,
    $defs: { place: { type: 'string' } },
  }
  assert.deepEqual(adaptSchema(schema), { schema, isFaithful: true })
})

test('calls a schema closed when every object requires all its members and allows no others', () => {
  const closed = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  }
  assert.equal(isClosedSchema(closed), true)
  assert.equal(isClosedSchema({ ...closed, required: [] }), false)
  assert.equal(isClosedSchema({ ...closed, additionalProperties: true }), false)
  assert.equal(isClosedSchema({ ...closed, properties: { a: { type: 'object' } } }), false)
})
