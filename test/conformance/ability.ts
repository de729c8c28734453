// The shape of what a dialect can say: the generated requests and answers keep within it.
import type fc from 'fast-check'
import type { CompletionReply, CompletionRequest, Finish } from '../../sidecar/dialect/completion.ts'

/** What a dialect can say beyond what all of them can. */
export interface Abilities {
  /** Parameters of this dialect alone. */
  readonly parameters: fc.Arbitrary<Partial<CompletionRequest>>
  readonly formatName: fc.Arbitrary<string>
  readonly toolErrors: boolean
  /** Text and tool calls may alternate in an answer. */
  readonly interleavesCalls: boolean
  readonly vendorFinish: Readonly<Partial<Record<Finish, string>>>
  readonly replyId: fc.Arbitrary<string>
  readonly hasCreationTime: boolean
  readonly countsCacheWrites: boolean
  /** What nobody can say in this dialect: left out of generated requests. */
  readonly unsayable?: readonly Unsayable[]
  /** A refusal has no word of its own: it ends as text or as an error. */
  readonly cannotRefuse?: true
  /** What is left of a generated answer when this dialect has said it; absent: all of it. */
  readonly asSaid?: (reply: CompletionReply) => CompletionReply
}

export type Unsayable =
  | 'endUser'
  | 'parallelToolCalls'
  | 'imageUrl'
  | 'strictTools'
  | 'stop'
  | 'noToolChoice'
  | 'autoToolChoice'
  | 'namedToolChoice'
  | 'responseFormat'

export function canSay({ unsayable = [] }: Abilities, what: Unsayable): boolean {
  return !unsayable.includes(what)
}
