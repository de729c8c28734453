// The demo by hand: a key breaks something, and two requests show what comes of it.
import { emitKeypressEvents, type Key } from 'node:readline'
import { type Breakage, breakages, healthy } from './breakages.ts'
import { printHeadings, printKeys } from './print.ts'
import { askTwice, type Stage } from './script.ts'

/** Resolves when the visitor has had enough. */
export async function takeKeys(stage: Stage): Promise<void> {
  printKeys()
  printHeadings()
  let current: Breakage = healthy
  await askTwice(stage, current)
  for await (const name of readKeys()) {
    if (name === 'q') return
    const chosen = name === 'space' ? current : [...breakages, healthy].find(({ key }) => key === name)
    if (chosen === undefined) continue
    if (chosen !== current) {
      await healthy.apply(stage.world)
      await chosen.apply(stage.world)
      current = chosen
    }
    await askTwice(stage, current)
  }
}

/** Names of pressed keys; those pressed meanwhile wait. Raw mode takes the signal out of Ctrl-C: it is given back here. */
async function* readKeys(): AsyncGenerator<string> {
  const { stdin } = process
  const waiting: string[] = []
  let wake: () => void = () => undefined
  const onKey = (_text: string | undefined, key: Key) => {
    if (key.ctrl && key.name === 'c') process.kill(process.pid, 'SIGINT')
    else waiting.push(key.name ?? key.sequence ?? '')
    wake()
  }
  emitKeypressEvents(stdin)
  stdin.setRawMode(true).on('keypress', onKey).resume()
  try {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) yield next
      else
        await new Promise<void>(resolve => {
          wake = resolve
        })
    }
  } finally {
    stdin.off('keypress', onKey).setRawMode(false).pause()
  }
}
