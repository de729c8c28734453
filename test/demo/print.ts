// How the demo looks: aligned columns, colour only on a terminal that wants it.
import { styleText } from 'node:util'
import type { Asked } from './ask.ts'
import { breakages, healthy } from './breakages.ts'
import { shortenings } from './demo-policy.ts'
import { usualPorts, type World } from './world.ts'

type Style = Parameters<typeof styleText>[0]

const usesColour = process.stdout.isTTY === true && !process.env['NO_COLOR']

function paint(style: Style, text: string): string {
  return usesColour ? styleText(style, text, { validateStream: false }) : text
}

export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

/** Columns of the table; the first words take what is left of the line. */
const widths = { broken: 24, with: 9, served: 33, hop: 3, reason: 23, took: 7 } as const
const wordsWidth = Math.max(24, (process.stdout.columns ?? 140) - 112)

export function printWelcome(world: World): void {
  const { sidecar } = world
  print(paint('bold', 'llm-fallback: an application keeps its SDK, its calls survive the provider'))
  print('Everything runs on this machine; no real provider is called and no key is needed.')
  print()
  printPlace('application', 'this process', 'openai and @anthropic-ai/sdk as they are, with another base URL')
  printPlace('sidecar', sidecar.url, `process ${sidecar.pid}; probes and metrics at ${sidecar.adminUrl}`)
  printPlace('simulated OpenAI', world.openai.baseUrl, 'steps "primary" and "smaller"')
  printPlace('simulated Anthropic', world.anthropic.baseUrl, 'step "second-vendor"')
  printPlace('policy', world.policyFile, '')
  print(`${' '.repeat(23)}the quickstart, but ${shortenings};`)
  print(`${' '.repeat(23)}edit it while this runs: the sidecar takes it up or says what is wrong`)
  if (!world.hasUsualPorts)
    print(`${' '.repeat(23)}(port ${usualPorts.data} or ${usualPorts.admin} is taken: others are used)`)
  print()
  print('Try it from another terminal:')
  print(
    `  curl -i ${sidecar.url}/v1/chat/completions -H 'content-type: application/json' -d '{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}'`,
  )
  print(
    `  OPENAI_BASE_URL=${sidecar.url}/v1 OPENAI_API_KEY=anything  your-application   # ANTHROPIC_BASE_URL=${sidecar.url} likewise`,
  )
  print(`  curl ${sidecar.adminUrl}/debug/breakers   # also /debug/policy, /readyz, /metrics`)
  print()
}

function printPlace(what: string, where: string, note: string): void {
  print(`  ${paint('bold', what.padEnd(19))}  ${where}${note === '' ? '' : paint('dim', `  ${note}`)}`)
}

export function printKeys(): void {
  print('Break the primary with a key; two requests follow, one with each SDK:')
  const entries = [...breakages, healthy].map(({ key, title }) => `  ${paint('bold', key)} ${title}`)
  const half = Math.ceil(entries.length / 2)
  for (let row = 0; row < half; row += 1) {
    const left = entries[row] ?? ''
    const padding = ' '.repeat(Math.max(2, 34 - (breakages[row]?.title.length ?? 0)))
    print(`${left}${padding}${entries[row + half] ?? ''}`)
  }
  print(
    `  ${paint('bold', 'space')} ask again, as things are${' '.repeat(10)} ${paint('bold', 'q')} or Ctrl-C: end`,
  )
  print()
}

export function printHeadings(): void {
  print(
    paint(
      'dim',
      columns({
        broken: 'what is broken',
        with: 'asked with',
        served: 'served by',
        hop: 'hop',
        reason: 'why',
        took: 'took',
        words: 'first words',
      }),
    ),
  )
}

export function printAsked(broken: string, asked: Asked): void {
  const { verdict } = asked
  const line = columns({
    broken,
    with: asked.with,
    served: describeServed(asked),
    hop: verdict?.hop === undefined ? '–' : String(verdict.hop),
    reason: verdict?.reason ?? '–',
    took: `${Math.round(asked.milliseconds)} ms`,
    words: firstWords(asked),
  })
  print(asked.problem === undefined ? line : paint('yellow', line))
}

export function printSurprise(text: string): void {
  print(paint('red', `  ✗ ${text}`))
}

export function printNote(text: string): void {
  print(paint('cyan', `  ${text}`))
}

function describeServed({ verdict }: Asked): string {
  const served = verdict?.served
  if (served === undefined) return 'nobody'
  return served.model === undefined ? served.step : `${served.step} (${served.model})`
}

function firstWords(asked: Asked): string {
  const text = asked.text.slice(0, wordsWidth - 3)
  if (asked.problem === undefined) return `"${text}${asked.text.length > text.length ? '…' : ''}"`
  return text === '' ? asked.problem : `"${asked.text}" then ${asked.problem}`
}

type Cells = Readonly<Record<keyof typeof widths | 'words', string>>

function columns(cells: Cells): string {
  const left = [
    cells.broken.padEnd(widths.broken),
    cells.with.padEnd(widths.with),
    cells.served.padEnd(widths.served),
    cells.hop.padStart(widths.hop),
    cells.reason.padEnd(widths.reason),
    cells.took.padStart(widths.took),
  ]
  return `${left.join('  ')}  ${cells.words}`
}
