import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { formatProblem } from '../../crds/resources/problem.ts'
import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { PolicyFolder } from './policy-folder.ts'
import type { OfferResult } from './policy-source.ts'
import { readPolicyFolder } from './read-policy-folder.ts'

const policy = (text: string) => `
apiVersion: llmfallback.io/v1alpha1
kind: FallbackPolicy
metadata: {name: p}
spec: {routes: [{name: r, chain: [{name: floor, manual: {text: "${text}"}}]}]}
`

async function folder(context: TestContext, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'llm-fallback-'))
  context.after(() => rm(directory, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

class Seen {
  readonly snapshots: PolicySnapshot[] = []
  readonly refusals: (readonly string[])[] = []
  offer(snapshot: PolicySnapshot): OfferResult {
    this.snapshots.push(snapshot)
    return { kind: 'applied' }
  }
  refuse(reasons: readonly string[]): void {
    this.refusals.push(reasons)
  }
  get texts(): readonly string[] {
    return this.snapshots.map(snapshot => {
      const step = snapshot.policies[0]?.routes[0]?.chain[0]
      return step?.kind === 'manual' ? step.text : '?'
    })
  }
}

async function watching(context: TestContext, directory: string) {
  const clock = new FakeClock()
  const seen = new Seen()
  const source = new PolicyFolder({ directory }, seen, clock)
  context.after(() => source.stop())
  await source.start()
  /** Lets time pass until the watched folder has led to something. */
  const until = (what: string, isSo: () => boolean) =>
    eventually(what, async () => {
      await clock.advance(500)
      return isSo() ? true : undefined
    })
  return { seen, until, source }
}

test('reads what is there, and again when it changes', async context => {
  const directory = await folder(context, { 'a.yaml': policy('one') })
  const { seen, until } = await watching(context, directory)
  assert.deepEqual(seen.texts, ['one'])
  await writeFile(join(directory, 'a.yaml'), policy('two'))
  await until('the change is read', () => seen.texts.includes('two'))
})

test('a bad change is refused with file, object and path; the next good one is taken', async context => {
  const directory = await folder(context, { 'a.yaml': policy('one') })
  const { seen, until } = await watching(context, directory)
  await writeFile(join(directory, 'a.yaml'), policy('one').replace('chain', 'chian'))
  await until('the refusal', () => seen.refusals.length > 0)
  assert.match(
    seen.refusals[0]?.join() ?? '',
    /a\.yaml#1: FallbackPolicy p: spec\.routes\[0\]\.chian: unknown field/,
  )
  await writeFile(join(directory, 'a.yaml'), policy('three'))
  await until('the cure is read', () => seen.texts.at(-1) === 'three')
})

test('follows the link swap of a mounted ConfigMap', async context => {
  const directory = await folder(context)
  const publish = async (version: string, text: string) => {
    await mkdir(join(directory, version))
    await writeFile(join(directory, version, 'policy.yaml'), policy(text))
    await symlink(version, join(directory, '..data_tmp'))
    await rename(join(directory, '..data_tmp'), join(directory, '..data'))
  }
  await publish('..2026_01', 'one')
  await symlink('..data/policy.yaml', join(directory, 'policy.yaml'))
  const { seen, until } = await watching(context, directory)
  assert.deepEqual(seen.texts, ['one'])
  await publish('..2026_02', 'two')
  await until('the swap is seen', () => seen.texts.at(-1) === 'two')
})

test('an empty or missing folder is refused and waited for', async context => {
  const directory = await folder(context)
  const missing = join(directory, 'later')
  const { seen, until } = await watching(context, missing)
  assert.match(seen.refusals[0]?.join() ?? '', /later: cannot be read \(ENOENT\)/)
  await mkdir(missing)
  await writeFile(join(missing, 'a.yml'), policy('one'))
  await until('the folder appears', () => seen.texts.at(-1) === 'one')
  await unlink(join(missing, 'a.yml'))
  await until('it is empty', () => seen.refusals.at(-1)?.join().includes('no *.yaml') === true)
})

test('a file that cannot be read is named, and its neighbours are still watched', async context => {
  const directory = await folder(context, { 'b.yaml': policy('one') })
  await symlink('nowhere', join(directory, 'a-note'))
  await symlink('a.yaml', join(directory, 'a.yaml'))
  await mkdir(join(directory, 'c.yaml'))
  const { seen, until } = await watching(context, directory)
  assert.match(seen.refusals[0]?.[0] ?? '', /a\.yaml: cannot be read \(ELOOP\)$/)
  assert.match(seen.refusals[0]?.[1] ?? '', /c\.yaml: a folder; only the files/)
  await rm(join(directory, 'c.yaml'), { recursive: true })
  await until('one is gone', () => seen.refusals.at(-1)?.length === 1)
  await unlink(join(directory, 'a.yaml'))
  await until('both are gone', () => seen.texts.at(-1) === 'one')
  await writeFile(join(directory, 'b.yaml'), policy('two'))
  await until('the change behind the broken link is read', () => seen.texts.at(-1) === 'two')
})

test('what is no file is refused at once, where reading it would never end', async context => {
  const directory = await folder(context)
  await symlink('/dev/zero', join(directory, 'a.yaml'))
  const reading = await readPolicyFolder({ directory })
  assert.match(reading.kind === 'refused' ? reading.reasons.join('\n') : '', /a\.yaml: not a file$/)
})

test('what objects say together is refused with the files that say it', async context => {
  const provider =
    'apiVersion: llmfallback.io/v1alpha1\nkind: LLMProvider\nmetadata: {name: openai}\nspec: {dialect: OpenAI}\n'
  const refusals = async (files: Readonly<Record<string, string>>) => {
    const reading = await readPolicyFolder({ directory: await folder(context, files) })
    return reading.kind === 'refused' ? reading.reasons : []
  }
  const twice = 'metadata.name: several objects of this kind have this name'
  assert.deepEqual(
    await refusals({
      'a.yaml': `${provider}---\n${policy('one')}`,
      'b.yaml': policy('two'),
      'c.yaml': provider,
    }),
    [
      `a.yaml#2: FallbackPolicy default/p: ${twice}, also b.yaml#1`,
      `a.yaml#1: LLMProvider default/openai: ${twice}, also c.yaml#1`,
    ],
  )
  const target = 'target: {providerRef: {name: opneai}, model: m}'
  const wrong = policy('one').replace('manual: {text: "one"}', target)
  const [reason] = await refusals({ 'a.yaml': `${provider}---\n${wrong}` })
  assert.match(reason ?? '', /^a\.yaml#2: FallbackPolicy default\/p: spec\..*did you mean "openai"/)
})

test('a stopped source says nothing more', async context => {
  const directory = await folder(context, { 'a.yaml': policy('one') })
  const { seen, source } = await watching(context, directory)
  source.stop()
  await writeFile(join(directory, 'a.yaml'), policy('two'))
  assert.deepEqual(seen.texts, ['one'])
})

test('YAML is read as kubectl reads it: 1.1 words, several documents, no duplicate keys, no alias bombs', async context => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [policy('x').replace('{name: p}', '{name: on}'), /metadata\.name/],
    [
      policy('x').replace('metadata:', 'metadata: {name: q}\nmetadata:'),
      /a\.yaml: line \d+, column \d+: not valid YAML/,
    ],
    ['a: [1, 2', /a\.yaml: line 1, column \d+: not valid YAML/],
    ['models: [*]', /a\.yaml: line 1, column \d+: not valid YAML \(a text that begins with \*/],
    ['a:\n\tb: 1', /a\.yaml: line 2, column 1: not valid YAML \(a tab in the indentation/],
    [`${'a: &a [x]\n'}b: [${'*a, '.repeat(200)}]`, /alias/],
    ['- just\n- a list', /a\.yaml#1/],
    ['', /no \*\.yaml/],
  ]
  for (const [text, expected] of cases) {
    const reading = await readPolicyFolder({ directory: await folder(context, { 'a.yaml': text }) })
    assert.equal(reading.kind, 'refused', text.slice(0, 60))
    assert.match(reading.kind === 'refused' ? reading.reasons.join('\n') : '', expected)
  }
})

test('files that are no policy, and those that Kubernetes hides, are left alone', async context => {
  const files = {
    'a.json': JSON.stringify(parsed),
    'notes.txt': 'nothing',
    '.hidden.yaml': 'not: valid: yaml',
  }
  const reading = await readPolicyFolder({ directory: await folder(context, files) })
  assert.equal(reading.kind, 'compiled')
})

test('a list, as kubectl writes several objects, is read as its items', async context => {
  const second = { ...parsed, metadata: { name: 'q' } }
  const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [parsed, second] }
  const typed = { apiVersion: 'llmfallback.io/v1alpha1', kind: 'FallbackPolicyList', items: [parsed, second] }
  for (const document of [list, typed]) {
    const files = { 'a.json': JSON.stringify(document) }
    const reading = await readPolicyFolder({ directory: await folder(context, files) })
    assert.equal(reading.kind === 'compiled' && reading.losers.length, 1)
  }
  const bad = { ...list, items: [parsed, { ...second, spec: {} }] }
  const refused = await readPolicyFolder({
    directory: await folder(context, { 'a.json': JSON.stringify(bad) }),
  })
  assert.match(
    refused.kind === 'refused' ? refused.reasons.join('\n') : '',
    /FallbackPolicy q: spec\.routes: required/,
  )
})

test('a policy that another one outranks is told as a warning', async context => {
  const files = {
    'a.yaml': policy('one'),
    'b.yaml': policy('two').replace('{name: p}', '{name: q}').replace('spec: {', 'spec: {priority: 5, '),
  }
  const reading = await readPolicyFolder({ directory: await folder(context, files) })
  const warnings = reading.kind === 'compiled' ? reading.warnings.map(formatProblem) : []
  assert.match(warnings.join('\n'), /FallbackPolicy default\/p: not used: default\/q goes first/)
})

test('a file that is not UTF-8 is refused by name', async context => {
  const directory = await folder(context)
  await writeFile(join(directory, 'a.yaml'), Buffer.from(policy('caf\u00e9'), 'latin1'))
  const reading = await readPolicyFolder({ directory })
  assert.match(reading.kind === 'refused' ? reading.reasons.join('\n') : '', /a\.yaml: not a text in UTF-8/)
})

const parsed = {
  apiVersion: 'llmfallback.io/v1alpha1',
  kind: 'FallbackPolicy',
  metadata: { name: 'p' },
  spec: { routes: [{ name: 'r', chain: [{ name: 'floor', manual: { text: 'x' } }] }] },
}
