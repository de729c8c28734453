import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPages } from './open-pages.ts'

const page = 'docs/operate.md'

/** @param answers to the commands that begin so. */
function openReader(answers: Readonly<Record<string, readonly string[]>>) {
  const seen: string[] = []
  const asked = new Map<string, number>()
  const answer = (command: string) => {
    const [start, sayings = ['']] = Object.entries(answers).find(([one]) => command.startsWith(one)) ?? ['']
    const turn = asked.get(start) ?? 0
    asked.set(start, turn + 1)
    seen.push(command)
    return sayings[Math.min(turn, sayings.length - 1)]
  }
  const terminal = {
    type: async (command: string) => answer(command),
    typeBeside: async (forward: string, command: string) => answer(`${forward} & ${command}`),
  }
  return { seen, pages: openPages({ terminal, podFor: async () => 'assistant-1', patienceMs: 100 }) }
}

const table = 'NAME  ACCEPTED  PROGRAMMED  LIVE  REASON  RESOLVED  CONFLICTED  MODE  PRIORITY  AGE\n'
const conditions = 'Accepted=True\nResolvedRefs=True\nProgrammed=True\nConflicted=False\n'
const live = { 'kubectl get fbp -n': [table], 'kubectl get fbp assistant': [conditions] }

test('types all commands of a section in their order and remembers them', async () => {
  const { pages, seen } = openReader(live)
  await pages.follow(page, 'Is it live?')
  assert.equal(seen.length, 3)
  assert.deepEqual([...pages.typed], seen)
})

test('asks again until the answer looks as it is shown', async () => {
  const { pages, seen } = openReader({ ...live, 'kubectl get fbp -n': ['No resources found\n', table] })
  await pages.follow(page, 'Is it live?')
  assert.equal(seen.length, 4)
})

test('says what an answer lacks', async () => {
  const { pages } = openReader({ ...live, 'kubectl get fbp assistant': ['Accepted=True\n'] })
  await assert.rejects(pages.follow(page, 'Is it live?'), /lacks ResolvedRefs=; Programmed=; Conflicted=\./)
})

test('what a machine cannot run is not judged', async () => {
  const terminal = { type: async () => undefined, typeBeside: async () => undefined }
  await openPages({ terminal, podFor: async () => '' }).follow(page, 'Is it live?')
})

test('a forwarded port is there for the commands after it, and a pod has a name', async () => {
  const { pages, seen } = openReader({})
  await pages.follow(page, 'Why did a call fall back, or fail?').catch(() => undefined)
  assert.ok(seen.some(one => /^kubectl port-forward -n shop pod\/assistant-1 8787 & curl -i /.test(one)))
})

test('a heading without commands is a mistake of the test', () =>
  assert.rejects(openReader({}).pages.follow(page, 'Back up'), /no command below "Back up"/))
