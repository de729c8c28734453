import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod/mini'
import { described, duration, integer, list, object, oneOf, text } from '../resources/field.ts'
import { checkSchema } from './check-schema.ts'
import { convertSchema } from './convert-schema.ts'

function convert(schema: z.core.$ZodType) {
  const converted = convertSchema(schema, 'Kind.spec')
  checkSchema(converted, 'Kind.spec')
  return converted
}

const name = text({ description: 'A name.', pattern: '^a+$', expected: 'letters a', isPublic: true })
const secret = text({ description: 'A key.', pattern: '^b+$', expected: 'letters b', isPublic: false })

test('a field with a default is not required', () => {
  const converted = convert(object({ count: z._default(integer('A count.', { min: 1, max: 9 }), 3) }, 'All.'))
  assert.equal(converted.required, undefined)
  assert.deepEqual(converted.properties?.['count'], {
    description: 'A count. From 1 to 9. Default: 3.',
    type: 'integer',
    format: 'int32',
    minimum: 1,
    maximum: 9,
    default: 3,
  })
})

test('bounds and defaults are told where kubectl explain shows them', () => {
  const fields = {
    time: z._default(duration('A time.', { min: '10ms', max: '3600s' }), '60s'),
    names: list(name, { min: 1, max: 3 }, 'Names.'),
    name,
    mode: z._default(oneOf(['On', 'Under'], 'a mode', 'A mode.'), 'On'),
    inner: z._default(object({ is: z._default(described(z.boolean(), 'A switch.'), false) }, 'An object.'), {
      is: false,
    }),
  }
  const { properties = {} } = convert(object(fields, 'All.'))
  const told = [...Object.values(properties), properties['inner']?.properties?.['is']]
  assert.deepEqual(
    told.map(field => field?.description),
    [
      'A time. From 10ms to 1h. Default: 60s.',
      'Names. At most 3 entries.',
      'A name. At most 256 characters.',
      'A mode. Default: On.',
      'An object.',
      'A switch. Default: false.',
    ],
  )
})

test('a field that may be absent is not required, any other is', () => {
  const converted = convert(object({ one: z.exactOptional(name), two: name }, 'All.'))
  assert.deepEqual(converted.required, ['two'])
})

test('a pattern becomes a rule with the words of the language', () => {
  assert.deepEqual(convert(name)['x-kubernetes-validations'], [
    { rule: 'self.matches("^a+$")', message: 'letters a' },
  ])
})

test('the rule of a text that may be a secret stands on its object, so that nobody repeats the text', () => {
  const converted = convert(object({ key: z.exactOptional(secret) }, 'All.'))
  assert.equal(converted.properties?.['key']?.['x-kubernetes-validations'], undefined)
  assert.deepEqual(converted['x-kubernetes-validations'], [
    { rule: '!has(self.key) || self.key.matches("^b+$")', message: 'letters b', fieldPath: '.key' },
  ])
})

test('a duration has a rule for its grammar and one for its bounds', () => {
  const [grammar, bounds] =
    convert(duration('A time.', { min: '10ms', max: '3600s' }))['x-kubernetes-validations'] ?? []
  assert.equal(grammar?.message, 'a duration looks like 45s, 1h30m or 100ms')
  assert.equal(bounds?.message, 'from 10ms to 1h')
})

const open = described(z.object({}), 'An open object.')
const bare = z.string()
const broken: readonly (readonly [string, z.core.$ZodType, RegExp])[] = [
  ['a union', described(z.union([z.literal('a'), z.literal(1)]), 'Either.'), /zod's type "union"/],
  ['a date', described(z.date(), 'A day.'), /zod's type "date"/],
  ['anything at all', object({ any: z.unknown() }, 'All.'), /Kind\.spec\.any: .*type "unknown"/],
  ['an object that takes unknown fields', open, /takes unknown fields/],
  ['a text without a bound', described(bare, 'A text.'), /a text without `maxLength`/],
  ['a number without a bound', described(z.number(), 'A number.'), /a number without a minimum/],
  ['a list without a bound', described(z.array(name), 'A list.'), /a list without a maximum/],
  ['a map without a bound', described(z.record(name, name), 'A map.'), /a map without `maxProperties`/],
  ['values of several types', described(z.literal(['a', 1]), 'Either.'), /values of several types/],
  ['a field without a description', object({ flag: z.boolean() }, 'All.'), /Kind\.spec\.flag: .*description/],
  [
    'a bound that is not part of it',
    described(z.number().check(z.gt(0), z.lte(1)), 'A share.'),
    /a number without/,
  ],
  [
    'a check of another kind',
    described(z.string().check(z.trim()), 'A text.'),
    /text without|check "overwrite"/,
  ],
  [
    'a multiple',
    described(z.number().check(z.gte(0), z.lte(9), z.multipleOf(3)), 'Threes.'),
    /check "multiple_of"/,
  ],
  [
    'a refinement that nobody told it',
    described(name.check(z.refine(value => value !== 'aa', { error: 'no' })), 'A name.'),
    /Kind\.spec: a refinement without a twin/,
  ],
  [
    'a pattern without words',
    z.string().check(z.meta({ description: 'A text.', pattern: '^a$', maxLength: 3 })),
    /a pattern without `expected`/,
  ],
]

for (const [what, schema, reason] of broken) {
  test(`stops at ${what}`, () => assert.throws(() => convert(schema), reason))
}

test('lists are replaced as a whole and enums hold their values', () => {
  const converted = convert(list(oneOf(['A', 'B'], 'a letter', 'A letter.'), { min: 1, max: 2 }, 'Letters.'))
  assert.deepEqual(converted, {
    description: 'Letters.',
    type: 'array',
    minItems: 1,
    maxItems: 2,
    items: { description: 'A letter.', type: 'string', enum: ['A', 'B'] },
    'x-kubernetes-list-type': 'atomic',
  })
})
