import assert from 'node:assert/strict'
import { test } from 'node:test'
import { importTable, isWithin, ruleOf } from './import-table.ts'
import { type Import, readSources, type Source } from './read-sources.ts'

const sources = readSources()
const shipped = sources.filter(source => !source.isTest)

/** What a file imports against its room's rule, in words; empty when all is well. */
function trespasses(source: Source): readonly string[] {
  const rule = ruleOf(source.path)
  if (rule === undefined) return []
  const mayImport = ({ specifier, target, isTypeOnly }: Import): boolean => {
    if (target === undefined) return mayUseLibrary(rule.libraries, specifier)
    const rooms = [rule.room, ...rule.imports, ...(isTypeOnly ? rule.types : [])]
    return rooms.some(room => isWithin(target, room))
  }
  return source.imports
    .filter(imported => !mayImport(imported))
    .map(imported => `${source.path} imports ${imported.isTypeOnly ? 'types of ' : ''}${imported.specifier}`)
}

function mayUseLibrary(libraries: readonly string[], specifier: string): boolean {
  return libraries.some(
    library => library === specifier || (library === 'node:*' && specifier.startsWith('node:')),
  )
}

/** Chains of value imports that lead back to where they began, each told once. */
function findCycles(files: readonly Source[]): readonly string[] {
  const targets = new Map(
    files.map(file => [
      file.path,
      file.imports
        .filter(one => !one.isTypeOnly)
        .flatMap(one => (one.target === undefined ? [] : [one.target])),
    ]),
  )
  const finished = new Set<string>()
  const cycles: string[] = []
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (finished.has(path) || trail.includes(path)) return
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path])
    finished.add(path)
  }
  for (const file of files) walk(file.path, [])
  return cycles
}

test('every room imports only what the table allows', () => {
  assert.deepEqual(shipped.flatMap(trespasses), [])
})

test('the table would notice a trespass', () => {
  const intruder: Source = {
    path: 'sidecar/chain/intruder.ts',
    isTest: false,
    lineCount: 1,
    functions: [],
    names: [],
    imports: [
      { specifier: 'fastify', isTypeOnly: false },
      { specifier: '../provider/send.ts', target: 'sidecar/provider/send.ts', isTypeOnly: true },
      { specifier: '../resilience/breaker.ts', target: 'sidecar/resilience/breaker.ts', isTypeOnly: false },
    ],
  }
  assert.deepEqual(trespasses(intruder), [
    'sidecar/chain/intruder.ts imports fastify',
    'sidecar/chain/intruder.ts imports types of ../provider/send.ts',
  ])
})

test('every shipped file stands in a room of the table', () => {
  const strays = shipped.filter(
    source => !source.path.startsWith('test/') && ruleOf(source.path) === undefined,
  )
  assert.deepEqual(
    strays.map(source => source.path),
    [],
  )
  assert.ok(shipped.length > 10, 'the sources were not found')
})

test('no rule names a room twice', () => {
  const rooms = importTable.map(rule => rule.room)
  assert.equal(new Set(rooms).size, rooms.length)
})

test('no file imports itself by a detour', () => {
  assert.deepEqual(findCycles(shipped), [])
})

test('programs and tests apart: nothing that ships imports from test/', () => {
  const guilty = shipped
    .filter(source => !source.path.startsWith('test/'))
    .filter(source => source.imports.some(imported => imported.target?.startsWith('test/')))
  assert.deepEqual(
    guilty.map(source => source.path),
    [],
  )
})
