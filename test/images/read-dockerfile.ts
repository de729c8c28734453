// A Dockerfile as its instructions, in stages.

export interface Stage {
  /** What it starts from: an image, or the name of an earlier stage. */
  readonly base: string
  readonly name: string
  readonly instructions: readonly Instruction[]
}

export interface Instruction {
  /** In capitals. */
  readonly word: string
  readonly rest: string
}

const knownWords = ['ARG', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'LABEL', 'RUN', 'USER', 'WORKDIR']

/** @throws Error for an instruction that nobody here expects, or one before the first FROM. */
export function readDockerfile(text: string): readonly Stage[] {
  const lines = text
    .split('\n')
    .filter(line => !line.trim().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(line => line.trim() !== '')
  const stages: { base: string; name: string; instructions: Instruction[] }[] = []
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    const [base = '', , name = ''] = rest.split(/\s+/)
    if (word === 'FROM') stages.push({ base, name, instructions: [] })
    else if (knownWords.includes(word)) stages.at(-1)?.instructions.push({ word, rest })
    else throw new Error(`the Dockerfile has an unexpected instruction: ${line}`)
  }
  return stages
}

/** The rest of a stage's instructions of one word. */
export function restsOf(stage: Stage, word: string): readonly string[] {
  return stage.instructions.filter(instruction => instruction.word === word).map(({ rest }) => rest)
}
