// The story as a person reads it in a terminal.
import { styleText } from 'node:util'
import type { Teller } from './stage.ts'

type Style = Parameters<typeof styleText>[0]

const usesColour = process.stdout.isTTY === true && !process.env['NO_COLOR']

function paint(style: Style, text: string): string {
  return usesColour ? styleText(style, text, { validateStream: false }) : text
}

export function print(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function printTitle(number: number, title: string): void {
  print()
  print(paint('bold', `${number}. ${title.charAt(0).toUpperCase()}${title.slice(1)}`))
}

export function printSurprise(error: unknown): void {
  print(paint('red', `   ✗ ${error instanceof Error ? error.message : String(error)}`))
}

export const printingTeller: Teller = {
  say: sentence => print(`   ${paint('cyan', sentence)}`),
  showCommand: line => print(`   ${paint('bold', '$')} ${line}`),
  showOutput: text => {
    for (const line of text.trimEnd().split('\n')) print(`     ${paint('dim', line)}`)
  },
}
