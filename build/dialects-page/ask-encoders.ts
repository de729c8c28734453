// Tries what an adapter does with a thing: what it writes, what it reports as lost, and what it reads again.
import { isDeepStrictEqual } from 'node:util'
import type {
  Choice,
  CompletionReply,
  CompletionRequest,
  JsonObject,
  ReplyPart,
} from '../../sidecar/dialect/completion.ts'
import type { Dialect, RequestHead } from '../../sidecar/dialect/dialect.ts'
import { type Probe, plainRequest } from './probes.ts'

export type Fate = 'carried' | 'converted' | 'in part' | 'dropped'

export interface Target {
  readonly dialect: Dialect
  /** Some of it depends on the model. */
  readonly model: string
}

export function fateOf(probe: Probe, { dialect, model }: Target): Fate {
  const request: CompletionRequest = { ...plainRequest, ...probe.request }
  const change = { model, wantUsage: false }
  const usual = dialect.encodeRequest(plainRequest, change).lost
  const { body, lost } = dialect.encodeRequest(request, change)
  const isReported = lost.some(name => !usual.includes(name))
  const arrived = dialect.decodeRequest(overTheWire(body), headOf(dialect, model))
  const left = probe.look(arrived)
  if (isReported) return left === undefined ? 'dropped' : 'in part'
  return isDeepStrictEqual(left, probe.look(request)) ? 'carried' : 'converted'
}

/** What may be in an answer, and where its caller finds it. */
export interface AnswerProbe {
  readonly name: string
  readonly choice?: Partial<Choice>
  readonly more?: Partial<CompletionReply>
  look(reply: CompletionReply): unknown
}

const words: ReplyPart = { kind: 'text', text: 'Rain.' }
const plainChoice: Choice = { content: [words], finish: 'stop', vendorFinish: null }

export function isShown({ choice, more, look }: AnswerProbe, dialect: Dialect): boolean {
  const reply: CompletionReply = {
    id: 'answer-1',
    model: 'some-model',
    choices: [{ ...plainChoice, ...choice }],
    usage: { input: 10, output: 5 },
    ...more,
  }
  const decoded = dialect.decodeReply(overTheWire(dialect.encodeReply(reply)))
  return decoded.kind === 'reply' && isDeepStrictEqual(look(decoded.reply), look(reply))
}

function partOf(reply: CompletionReply, kind: ReplyPart['kind']): ReplyPart | undefined {
  return reply.choices[0]?.content.find(part => part.kind === kind)
}

function withPart(name: string, part: ReplyPart): AnswerProbe {
  return { name, choice: { content: [part, words] }, look: reply => partOf(reply, part.kind) }
}

export const answerProbes: readonly AnswerProbe[] = [
  withPart('reasoning, readable', { kind: 'reasoning', text: 'they ask for the weather' }),
  {
    name: 'refusal as such',
    choice: { content: [{ kind: 'refusal', text: 'No.' }], finish: 'refusal' },
    look: reply => ['refusal', 'content_filter'].includes(reply.choices[0]?.finish ?? ''),
  },
  {
    name: 'several choices',
    more: { choices: [plainChoice, plainChoice] },
    look: reply => reply.choices.length,
  },
  {
    name: 'which stop sequence',
    choice: { stopSequence: 'END' },
    look: reply => reply.choices[0]?.stopSequence,
  },
  {
    name: 'citations',
    choice: {
      content: [{ ...words, citations: [{ url: 'https://w.example', title: 'W', start: 0, end: 5 }] }],
    },
    look: reply =>
      reply.choices[0]?.content.some(part => part.kind === 'text' && part.citations !== undefined),
  },
  {
    name: 'log probabilities',
    choice: { logprobs: [{ token: 'Rain.', logprob: -0.5 }] },
    look: reply => reply.choices[0]?.logprobs?.[0]?.logprob,
  },
  {
    name: 'tokens read from a cache',
    more: { usage: { input: 10, output: 5, cachedInput: 4 } },
    look: reply => reply.usage?.cachedInput,
  },
  {
    name: 'tokens written to a cache',
    more: { usage: { input: 10, output: 5, cacheWrite: 4 } },
    look: reply => reply.usage?.cacheWrite,
  },
  {
    name: 'tokens of reasoning',
    more: { usage: { input: 10, output: 5, reasoning: 3 } },
    look: reply => reply.usage?.reasoning,
  },
]

function headOf({ surfaces, format }: Dialect, model: string): RequestHead {
  const surface = surfaces.find(one => one.endpoint === 'completion' && one.stream !== true)
  if (surface === undefined) throw new Error(`${format} has no path`)
  const inPath = surface.path.includes('{model}')
  return {
    surface,
    ...(inPath && { model }),
    ...(surface.stream !== undefined && { stream: surface.stream }),
    query: () => undefined,
    header: () => undefined,
  }
}

function overTheWire(body: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(body))
}
