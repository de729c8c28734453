import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { locateSyntaxError } from './locate-syntax-error.ts'
import { maxBodyDepth, parseBody } from './parse-body.ts'
import { RequestRejected } from './request-rejected.ts'

function rejectionOf(text: string | Buffer): RequestRejected {
  try {
    parseBody(Buffer.from(text))
  } catch (error) {
    assert.ok(error instanceof RequestRejected, `not a rejection: ${error}`)
    assert.equal(error.status, 400)
    assert.equal(error.code, 'bad_request')
    return error
  }
  throw new Error('the body was accepted')
}

/** What a member's recorded bytes parse to. */
function memberValues(text: string): Record<string, unknown> {
  const parsed = parseBody(Buffer.from(text))
  const values: Record<string, unknown> = {}
  for (const [name, range] of parsed.members) {
    values[name] = JSON.parse(parsed.bytes.toString('utf8', range.valueStart, range.valueEnd))
  }
  return values
}

test('finds every top-level member, whatever the white space', () => {
  const text = '\n{ "a" : 1 ,\r\n\t"b":{"c":[1,{"d":2}],"a":9} , "e" :"x,}]:" }  '
  assert.deepEqual(memberValues(text), { a: 1, b: { c: [1, { d: 2 }], a: 9 }, e: 'x,}]:' })
})

test('is not misled by quotes, backslashes and brackets inside strings', () => {
  const long = `${'x'.repeat(100)}\\" } , \\"fake\\": 1, {${'y'.repeat(100)}\\\\`
  assert.deepEqual(memberValues(`{"p":"${long}","q":"\\\\","r":"\\\\\\"","s":2}`), {
    p: JSON.parse(`"${long}"`),
    q: '\\',
    r: '\\"',
    s: 2,
  })
})

test('names members by their decoded name', () => {
  assert.deepEqual(memberValues('{"mod\\u0065l":"m"}'), { model: 'm' })
})

test('finds the members of any JSON object', () => {
  const object = fc
    .dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue())
    .filter(value => !Object.hasOwn(value, '__proto__'))
  fc.assert(
    fc.property(object, fc.constantFrom(0, 1, '\t', '\r\n  '), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      if (text.includes('__proto__')) return
      assert.deepEqual({ ...memberValues(text) }, { ...JSON.parse(text) })
    }),
  )
})

const notJson: readonly (readonly [string, number])[] = [
  ['{"a":1,}', 7],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ["{'a':1}", 1],
  ['{"a":01}', 6],
  ['{"a":+1}', 5],
  ['{"a":.5}', 5],
  ['{"a":1.}', 6],
  ['{"a":NaN}', 5],
  ['{"a":tru}', 8],
  ['{"a":"\\x"}', 7],
  ['{"a":"\\u12g4"}', 7],
  ['{"a":"line\nbreak"}', 10],
  ['{"a":1}}', 7],
  ['{"a":1} x', 8],
  ['{"a":[1,]}', 8],
  ['{"a":[1}', 7],
  ['{"a":1', 6],
  ['{"a":"x', 7],
  ['{', 1],
  ['   ', 3],
  ['// comment\n{}', 0],
  ['\u{FEFF}{}', 0],
]

for (const [text, offset] of notJson) {
  test(`tells where ${JSON.stringify(text)} stops being JSON`, () => {
    assert.match(rejectionOf(text).message, new RegExp(`byte ${offset}\\b`))
  })
}

test('counts lines for people who look at their file', () => {
  assert.match(rejectionOf('{\n  "a": 1,\n  "b": oops\n}').message, /byte 19, line 3$/)
})

test('never shows what stands in a body that it refuses', () => {
  const message = rejectionOf('{"key": sk-very-secret}').message
  assert.ok(!message.includes('secret'), message)
})

test('both readers agree on what is JSON', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"\\n"',
    '"\\u00e9"',
    '1',
    '-0.5e+3',
    '01',
    'true',
    'nul',
    ' ',
    '\n',
    '"',
    '\\',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), parts => {
      const text = parts.join('')
      let isJson = true
      try {
        JSON.parse(text)
      } catch {
        isJson = false
      }
      assert.equal(locateSyntaxError(Buffer.from(text)) === undefined, isJson, text)
    }),
    { numRuns: 2000 },
  )
})

test('refuses what is not one object', () => {
  for (const text of ['[]', '"text"', '1', 'null', '[{"model":"m"}]']) {
    assert.match(rejectionOf(text).message, /must be a JSON object/)
  }
  assert.match(rejectionOf('').message, /empty/)
})

test('refuses bytes that are not UTF-8', () => {
  const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])
  assert.match(rejectionOf(body).message, /UTF-8/)
})

test('refuses a top-level member that stands twice, in any spelling', () => {
  const rejection = rejectionOf('{"model":"cheap","x":1,"m\\u006fdel":"dear"}')
  assert.equal(rejection.parameter, 'model')
  assert.ok(!rejection.message.includes('dear'))
})

test('accepts the deepest allowed nesting and refuses one level more', () => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  assert.ok(parseBody(Buffer.from(nested(maxBodyDepth))))
  assert.match(rejectionOf(nested(maxBodyDepth + 1)).message, /deeper than 256 levels at byte 260/)
})

test('refuses absurd nesting without exhausting the stack', () => {
  assert.match(rejectionOf('['.repeat(1_000_000)).message, /deeper/)
})

test('brackets inside strings are no nesting', () => {
  assert.ok(parseBody(Buffer.from(`{"a":"${'['.repeat(1000)}"}`)))
})

test('refuses __proto__ as a name anywhere, in any spelling', () => {
  assert.equal(rejectionOf('{"__proto__":{}}').parameter, '__proto__')
  assert.equal(rejectionOf('{"a":[{"b":{"\\u005f_proto__":1}}]}').parameter, 'a[0].b.__proto__')
})

test('accepts __proto__ as text', () => {
  assert.deepEqual(parseBody(Buffer.from('{"a":"__proto__ \\u00e9"}')).json, { a: '__proto__ é' })
})

// ── Long strings ───────────────────────────────────────────────────────────────────────────────────────────────────

const long = 'word "quoted" \\ é\n'.repeat(6000)

test('the head leaves long strings empty, the whole body has them', () => {
  const body = { model: 'm', messages: [{ role: 'user', content: long }, long], [long]: 1 }
  const parsed = parseBody(Buffer.from(JSON.stringify(body)))
  assert.deepEqual(parsed.head, { model: 'm', messages: [{ role: 'user', content: '' }, ''], [long]: 1 })
  assert.deepEqual(parsed.json, body)
})

test('a raw line break in a long string is found where it stands', () => {
  const text = `{"a":"${'x'.repeat(70_000)}\ny"}`
  assert.match(rejectionOf(text).message, /byte 70006, line 1$/)
})

test('a fault behind a long string is found where it stands', () => {
  assert.match(rejectionOf(`{"a":"${'x'.repeat(70_000)}",}`).message, /byte 70008\b/)
  assert.match(rejectionOf(`{"a":"${'x'.repeat(70_000)}`).message, /byte 70006\b/)
})

test('a long string with an unknown escape is refused when it is read', () => {
  const parsed = parseBody(Buffer.from(`{"a":"${'x'.repeat(70_000)}\\q"}`))
  assert.throws(() => parsed.json, RequestRejected)
})

test('members, depth and names are checked around long strings as anywhere', () => {
  const value = JSON.stringify(long)
  assert.equal(rejectionOf(`{"a":${value},"a":1}`).parameter, 'a')
  assert.equal(rejectionOf(`{"a":[${value},{"__proto__":1}]}`).parameter, 'a[1].__proto__')
})
