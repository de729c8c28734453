import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitSchema, isClosedSchema, toJsonSchema } from './schema-limits.ts'

test('reads Google’s schema as JSON schema, however deep', () => {
  const schema = toJsonSchema({
    type: 'OBJECT',
    propertyOrdering: ['list'],
    required: ['list'],
    properties: {
      list: {
        type: 'ARRAY',
        minItems: '1',
        max_items: '3',
        items: { type: 'STRING', format: 'enum', enum: ['a', 'b'], nullable: true },
      },
      either: { any_of: [{ type: 'INTEGER' }, { type: 'NUMBER' }], nullable: true },
    },
  })
  assert.deepEqual(schema, {
    type: 'object',
    required: ['list'],
    properties: {
      list: {
        type: 'array',
        minItems: 1,
        maxItems: 3,
        items: { type: ['string', 'null'], enum: ['a', 'b', null] },
      },
      either: { anyOf: [{ type: 'integer' }, { type: 'number' }, { type: 'null' }] },
    },
  })
})

test('leaves alone what is JSON schema already', () => {
  const schema = {
    type: 'object',
    properties: { a: { $ref: '#/$defs/x' } },
    additionalProperties: false,
    $defs: { x: { type: 'string' } },
  }
  assert.deepEqual(toJsonSchema(schema), schema)
  assert.deepEqual(fitSchema(schema), { schema, isFaithful: true })
})

test('says a constant as a list of one and definitions under their newer name', () => {
  const fitted = fitSchema({
    properties: { a: { const: 'x' }, b: { $ref: '#/definitions/d' } },
    definitions: { d: { type: 'string' } },
  })
  assert.deepEqual(fitted, {
    schema: {
      properties: { a: { enum: ['x'] }, b: { $ref: '#/$defs/d' } },
      $defs: { d: { type: 'string' } },
    },
    isFaithful: true,
  })
})

test('admits that a constraint is not observed, and takes the name of a member for none', () => {
  assert.equal(fitSchema({ items: { type: 'string', pattern: '^a' } }).isFaithful, false)
  assert.equal(fitSchema({ properties: { pattern: { type: 'string' } } }).isFaithful, true)
})

test('knows a closed schema by its members', () => {
  const closed = { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false }
  assert.equal(isClosedSchema(closed), true)
  assert.equal(isClosedSchema({ ...closed, required: [] }), false)
  assert.equal(isClosedSchema({ type: 'array', items: { type: 'object' } }), false)
})
