// What a simulated model answers: the same for the same kind of request, telling who answered, repeating nothing of the prompt.
import { isRecord, type JsonRecord, textOf } from './json.ts'

export interface AskedTool {
  readonly name: string
  readonly schema: JsonRecord
}

export interface Question {
  /** The vendor's name as people say it. */
  readonly vendor: string
  readonly model: string
  /** Tools that the model may call now: empty when there are none, or when the caller has just brought results. */
  readonly tools: readonly AskedTool[]
  /** False: at most one tool call. */
  readonly mayCallInParallel: boolean
  /** The answer must be JSON of this schema. */
  readonly answerSchema?: JsonRecord
  readonly maxTokens?: number
  /** Characters of the prompt, for the usage numbers. */
  readonly promptCharacters: number
}

export type Answer =
  | {
      readonly kind: 'text'
      /** Pieces that join to the text; one piece counts as one token. */
      readonly pieces: readonly string[]
      readonly isCutByLimit: boolean
    }
  | { readonly kind: 'tools'; readonly calls: readonly { readonly name: string; readonly input: unknown }[] }

export function planAnswer(question: Question): Answer {
  if (question.tools.length > 0) {
    const called = question.mayCallInParallel ? question.tools : question.tools.slice(0, 1)
    return {
      kind: 'tools',
      calls: called.map(tool => ({ name: tool.name, input: sampleOf(tool.schema) })),
    }
  }
  const text =
    question.answerSchema === undefined
      ? `Hello from ${question.vendor}, model ${question.model}. This answer is simulated: it was written in advance, costs nothing and knows nothing of your question.`
      : JSON.stringify(sampleOf(question.answerSchema))
  const pieces = text.match(/\s?\S+/g) ?? []
  const limit = question.maxTokens ?? pieces.length
  return { kind: 'text', pieces: pieces.slice(0, limit), isCutByLimit: limit < pieces.length }
}

export function textOfAnswer(answer: Answer): string {
  return answer.kind === 'text' ? answer.pieces.join('') : ''
}

export function outputTokens(answer: Answer): number {
  return answer.kind === 'text' ? answer.pieces.length : 10 * answer.calls.length
}

export function inputTokens(question: Question): number {
  return Math.max(1, Math.ceil(question.promptCharacters / 4))
}

/** The smallest value that a JSON schema of the usual kind admits. */
export function sampleOf(schema: JsonRecord): unknown {
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  switch (textOf(schema['type'])) {
    case 'string':
      return 'simulated'
    case 'number':
    case 'integer':
      return 42
    case 'boolean':
      return true
    case 'array':
      return isRecord(schema['items']) ? [sampleOf(schema['items'])] : []
    default: {
      const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {})
      return Object.fromEntries(
        properties.map(([name, value]) => [name, sampleOf(isRecord(value) ? value : {})]),
      )
    }
  }
}
