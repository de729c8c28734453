// A page as its reader follows it: section by section, what to type and what is shown as the answer.
import { commandsOf, type Page, readPage } from '../../architecture/read-pages.ts'

export interface Step {
  readonly commands: readonly string[]
  /** What the page shows as printed by them: often nothing, or one for each state of things. */
  readonly answers: readonly string[]
}

export interface Section {
  readonly page: string
  readonly heading: string
}

/** The steps below a heading, up to the next one of any level. @throws Error when there is none. */
export function readSteps({ page, heading }: Section): readonly Step[] {
  const steps: { readonly commands: readonly string[]; readonly answers: string[] }[] = []
  let below = ''
  for (const [, title, language, block = ''] of readPage(page).text.matchAll(headingOrBlock)) {
    if (title !== undefined) below = title
    if (below !== heading) continue
    if (language === 'sh') steps.push({ commands: commandLines(block), answers: [] })
    if (language === '') steps.at(-1)?.answers.push(block)
  }
  if (steps.length === 0) throw new Error(`${page} has no command below "${heading}"`)
  return steps
}

/** A comment within a block looks like a heading and is none. */
const headingOrBlock = /^#+ ([^\n]*)$|^```(\w*)\n(.*?)^```$/gms

function commandLines(block: string): readonly string[] {
  return block
    .replaceAll(/\\\n\s*/g, '')
    .trim()
    .split('\n')
}

/** Everything on a page that somebody might type, in blocks and in sentences, without repetition. */
export function listCommands(page: Page): readonly string[] {
  const spoken = page.spans.filter(span => /^(kubectl|helm|npm|ctr) /.test(span))
  return [...new Set([...commandsOf(page), ...spoken])]
}
