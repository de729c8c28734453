// The pages that people read, and the names in them that somebody might type.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../support/child-process.ts'

export interface Page {
  /** From the top of the repository. */
  readonly path: string
  readonly text: string
  /** What stands between backquotes in its sentences and tables, without repetition. */
  readonly spans: readonly string[]
  readonly blocks: readonly Block[]
}

export interface Block {
  /** The word after the opening quotes; empty: none, which is what a command prints. */
  readonly language: string
  readonly text: string
}

const skipped = ['node_modules/**', 'dist/**', '.cache/**']

/** Every page of the repository. */
export function listPages(): readonly string[] {
  return globSync('**/*.md', { cwd: repositoryRoot, exclude: skipped }).sort()
}

/** Every file that the repository holds. */
export function listFiles(): readonly string[] {
  return globSync(['*', '{build,charts,crds,docs,operator,sidecar,test}/**/*'], {
    cwd: repositoryRoot,
    exclude: skipped,
  })
}

export function readPage(path: string): Page {
  const text = readFileSync(join(repositoryRoot, path), 'utf8')
  const fence = /^```(\w*)\n(.*?)^```$/gms
  const blocks = [...text.matchAll(fence)].map(([, language = '', block = '']) => ({ language, text: block }))
  const prose = text.replaceAll(fence, '')
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span.replaceAll(/\s+/g, ' '))
  return { path, text, blocks, spans: [...new Set(spans)] }
}

/** Commands of a shell, one each, with their continued lines. */
export function commandsOf({ blocks }: Page): readonly string[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) =>
      text
        .replaceAll(/\\\n\s*/g, '')
        .trim()
        .split('\n'),
    )
}

/** As GitHub names the anchors of headings. */
export function anchorsOf(page: Page): readonly string[] {
  const prose = page.text.replaceAll(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Sources of the product itself, tests left out, as one text. */
export function readProductSources(): string {
  const paths = globSync('{crds,operator,sidecar,charts,build}/**/*.{ts,yaml,tpl,json,txt}', {
    cwd: repositoryRoot,
  })
  return paths
    .filter(path => !/\.test\.ts$|(^|\/)sample-/.test(path))
    .map(path => readFileSync(join(repositoryRoot, path), 'utf8'))
    .join('\n')
}
