// Whatever a page leads to is there.
import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { anchorsOf, commandsOf, listFiles, listPages, type Page, readPage } from './read-pages.ts'

const pages = listPages().map(readPage)
/** Written for people who do not know the code: what they name is looked up. */
const guides = pages.filter(({ path }) =>
  /^(README|CONTRIBUTING|docs\/[\w-]+|operator\/README)\.md$/.test(path),
)

function linksOf({ text }: Page): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '').replaceAll(/`[^`\n]*`(?!\])/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter(target => !/^[a-z]+:/.test(target))
}

test('every link leads to a file, and every anchor to a heading', () => {
  const known = new Map(pages.map(page => [page.path, page]))
  const broken = pages.flatMap(page =>
    linksOf(page)
      .filter(target => {
        const [path = '', anchor] = target.split('#')
        const file = path === '' ? page.path : posix.join(dirname(page.path), path)
        if (!existsSync(join(repositoryRoot, file))) return true
        const goal = known.get(file)
        return anchor !== undefined && (goal === undefined || !anchorsOf(goal).includes(anchor))
      })
      .map(target => `${page.path}: ${target}`),
  )
  assert.deepEqual(broken, [])
})

test('every page of docs is on the map', () => {
  const linked = linksOf(readPage('docs/README.md'))
  const unmapped = pages
    .filter(({ path }) => /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/README.md')
    .filter(({ path }) => !linked.includes(basename(path)))
  assert.deepEqual(
    unmapped.map(({ path }) => path),
    [],
  )
})

const repositoryPath = /(?<![\w./:@-])(?:build|charts|crds|docs|operator|sidecar|test)\/[\w./*{},-]*[\w*}/]/g

test('every path in a guide exists', () => {
  const missing = guides.flatMap(page =>
    [...page.spans, ...commandsOf(page)]
      .flatMap(code => code.match(repositoryPath) ?? [])
      .filter(path => globSync(path, { cwd: repositoryRoot }).length === 0)
      // Rooms name their files from where they are.
      .filter(path => globSync(posix.join(dirname(page.path), path), { cwd: repositoryRoot }).length === 0)
      .map(path => `${page.path}: ${path}`),
  )
  assert.deepEqual(missing, [])
})

test('every file that a guide calls by its name alone exists', () => {
  const names = new Set(listFiles().map(path => basename(path)))
  const missing = guides.flatMap(page => {
    const own = page.blocks.map(({ text }) => /^# ([\w-]+\.yaml)\n/.exec(text)?.[1])
    return page.spans
      .filter(span => /^[\w-]+(\.test)?\.(ts|yaml|json|md)$/.test(span))
      .filter(span => !names.has(span) && !own.includes(span) && span !== 'values.yaml')
      .map(span => `${page.path}: ${span}`)
  })
  assert.deepEqual(missing, [])
})

test('the measures find something', () => {
  assert.ok(guides.length > 8)
  assert.ok(guides.flatMap(linksOf).length > 60)
  assert.ok(guides.flatMap(({ spans }) => spans).filter(span => span.match(repositoryPath)).length > 30)
})
