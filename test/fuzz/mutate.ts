// Small seeded fuzzing: real input, made a little wrong in many ways. A failure names the seed that repeats it.
import assert from 'node:assert/strict'
import type { JsonValue } from '../../sidecar/dialect/completion.ts'
import { seededRandom } from '../conformance/read-stream.ts'

export type Random = () => number

export interface FuzzRun {
  readonly iterations: number
  /** Longest time that one input may take, in milliseconds: more is a hang. */
  readonly slowestMs?: number
}

/** Runs the target with a random source per iteration; iterations are the same in every run. */
export function fuzz({ iterations, slowestMs = 1000 }: FuzzRun, target: (random: Random) => void): void {
  for (let seed = 1; seed <= iterations; seed += 1) {
    const startedAt = performance.now()
    try {
      target(seededRandom(seed))
    } catch (cause) {
      throw new Error(`the input of seed ${seed} failed`, { cause })
    }
    const tookMs = performance.now() - startedAt
    assert.ok(tookMs < slowestMs, `the input of seed ${seed} took ${Math.round(tookMs)} ms`)
  }
}

export function pick<Value>(values: readonly Value[], random: Random): Value {
  const value = values[Math.floor(random() * values.length)]
  assert.ok(value !== undefined)
  return value
}

/** Bytes that parsers trip over. */
const oddBytes: readonly Buffer[] = [
  Buffer.from([0]),
  Buffer.from([0xff]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0xe2, 0x82]),
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '\u2028',
    '1e999',
    '-',
    '\\ud800',
  ].map(text => Buffer.from(text)),
  Buffer.from('data: {"type":"error"}\n\n'),
  Buffer.from('event: message_start\n'),
  Buffer.from('"__proto__":1,'),
  Buffer.from('['.repeat(300)),
]

/** Removes, doubles, overwrites or inserts a few runs of bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes
  const rounds = 1 + Math.floor(random() * 4)
  for (let round = 0; round < rounds; round += 1) {
    const at = Math.floor(random() * (mutated.length + 1))
    const end = Math.min(mutated.length, at + Math.floor(random() * 20))
    const before = mutated.subarray(0, at)
    const after = mutated.subarray(end)
    const middle = [
      () => Buffer.alloc(0),
      () => Buffer.concat([mutated.subarray(at, end), mutated.subarray(at, end)]),
      () => pick(oddBytes, random),
      () => Buffer.concat([pick(oddBytes, random), mutated.subarray(at, end)]),
    ]
    mutated = Buffer.concat([before, pick(middle, random)(), after])
  }
  return mutated
}

const oddValues: readonly JsonValue[] = [
  null,
  true,
  0,
  -1,
  1e308,
  0.1,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'x'.repeat(2000),
  [],
  {},
  [null],
  [[]],
  { type: 'text' },
  { type: 'toString', role: '__proto__' },
  ['text', 7],
]

/** Puts odd values in the place of some nodes, and drops or doubles others. */
export function mutateJson(value: JsonValue, random: Random): JsonValue {
  // Near the root a change hides everything below, so it is rarer there than in the leaves.
  return change(value, random, 0)
}

function change(value: JsonValue, random: Random, depth: number): JsonValue {
  if (random() < (depth === 0 ? 0.01 : 0.04)) return pick(oddValues, random)
  if (isList(value)) {
    const members = value.map(member => change(member, random, depth + 1))
    const fate = random()
    if (fate < 0.03) return members.slice(1)
    return fate < 0.06 ? [...members, ...members] : members
  }
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(() => random() > 0.03)
  return Object.fromEntries(members.map(([name, member]) => [name, change(member, random, depth + 1)]))
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
