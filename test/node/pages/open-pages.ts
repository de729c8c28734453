// Types what pages say, in their order, compares what is said with what they show, and remembers what was typed.
import { eventually } from '../../support/eventually.ts'
import { missingForms } from './answer-forms.ts'
import type { Terminal } from './open-terminal.ts'
import { readSteps } from './read-steps.ts'

/** What a cluster tells of itself has to go round first. */
const patienceMs = 120_000

export interface Pages {
  /** All commands below these headings of a page, one section after the other. */
  follow(page: string, ...headings: readonly string[]): Promise<void>
  /** Once more what is shown with a second answer, for that one. */
  followAgain(page: string, heading: string): Promise<void>
  /** One that stands in a sentence. */
  say(command: string): Promise<void>
  /** As the pages print them. */
  readonly typed: ReadonlySet<string>
}

export interface Reader {
  readonly terminal: Pick<Terminal, 'type' | 'typeBeside'>
  /** Name of the pod that stands for `POD` in a command. */
  readonly podFor: (command: string) => Promise<string>
  /** How long an answer may take to look as it is shown. */
  readonly patienceMs?: number
}

export function openPages(reader: Reader): Pages {
  const { terminal, podFor } = reader
  const typed = new Set<string>()
  const fill = async (command: string) => {
    typed.add(command)
    const place = /(?<=pods?\/|logs )POD\b/
    return place.test(command) ? command.replace(place, await podFor(command)) : command
  }
  const typeAll: TypeAll = async commands => {
    const answers: (string | undefined)[] = []
    let forward: string | undefined
    for (const printed of commands) {
      const command = await fill(printed)
      if (/^kubectl port-forward /.test(command)) forward = command
      else answers.push(await (forward ? terminal.typeBeside(forward, command) : terminal.type(command)))
    }
    return answers.includes(undefined) ? undefined : answers.join('')
  }
  const patience = reader.patienceMs ?? patienceMs
  return {
    typed,
    say: async command => void (await typeAll([command])),
    async follow(page, ...headings) {
      for (const { commands, answers } of headings.flatMap(heading => readSteps({ page, heading }))) {
        const [answer] = answers
        if (answer === undefined) await typeAll(commands)
        else await expectAnswer(() => typeAll(commands), answer, patience)
      }
    },
    async followAgain(page, heading) {
      for (const { commands, answers } of readSteps({ page, heading })) {
        const [, answer] = answers
        if (answer !== undefined) await expectAnswer(() => typeAll(commands), answer, patience)
      }
    },
  }
}

/** @returns what all of them printed; undefined: one cannot be run on this machine. */
type TypeAll = (commands: readonly string[]) => Promise<string | undefined>

/** A question is asked again until the answer looks as it is shown. */
async function expectAnswer(
  ask: () => Promise<string | undefined>,
  shown: string,
  withinMs: number,
): Promise<void> {
  let said: string | undefined
  const looksAsShown = async () => {
    said = await ask()
    return said === undefined || missingForms(shown, said).length === 0 || undefined
  }
  await eventually('an answer as it is shown', looksAsShown, withinMs).catch(cause => {
    if (said === undefined) throw cause
    const missing = missingForms(shown, said).join('; ')
    const message = `the answer lacks ${missing}. It is shown as\n${shown}\nand was\n${said}`
    throw new Error(message, { cause })
  })
}
