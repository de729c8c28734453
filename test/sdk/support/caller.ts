// A vendor's client as the tests see it: it is told an act, and tells what its user would have seen.

export type Act =
  /** One whole answer. */
  | 'ask'
  /** One streamed answer. */
  | 'stream'
  /** A tool call, its result brought back, and the answer to that. */
  | 'useTool'
  /** The same, streamed. */
  | 'streamTool'

export interface Scene {
  readonly act: Act
  readonly model: string
  /** `none`: the client's own retries are off. `usual`: as it comes. */
  readonly retries: 'none' | 'usual'
}

/** What a user of the client saw; JSON, because some clients run in programs of their own. */
export interface Seen {
  /** Text of the (last) answer, as far as it came. */
  readonly text: string
  /** The vendor's word for how it ended. */
  readonly finish?: string | undefined
  readonly outputTokens?: number | undefined
  /** Pieces of text that a stream came in. */
  readonly pieces?: number | undefined
  /** Of the first turn. */
  readonly calls?: readonly { readonly name: string; readonly input: unknown }[] | undefined
  readonly callFinish?: string | undefined
  readonly raised?: Raised | undefined
}

export interface Raised {
  /** The exception's class. */
  readonly name: string
  readonly status?: number | undefined
  readonly message: string
}

/** How exceptions of a client are called. */
export interface Exceptions {
  /** The chain is exhausted by an overload: 503. */
  readonly overloaded: string
  /** 429. */
  readonly rateLimited: string
  /** The prompt is too long: 400. */
  readonly tooLong: string
  /** No route for this model: 404. */
  readonly unknownModel: string
  /** A stream that broke after its first words; absent where the class is the runtime's own affair. */
  readonly broken?: string
}

export interface Client {
  play(scene: Scene): Promise<Seen>
  close(): Promise<void>
}

export interface Caller {
  readonly name: string
  /** Words for a normal end and for an end with tool calls. */
  readonly finish: { readonly stop: string; readonly toolCalls: string }
  readonly raises: Exceptions
  /** It reads streamed calls only as its own vendor writes them, whole: another server of the same format is refused by the client itself. */
  readonly readsNoStreamedCalls?: true
  /** A stream that breaks is raised and, beside that, rejects a promise that it hands to nobody: that ends the test's program. */
  readonly leavesRejections?: true
  /** It cannot ask for the usage of a stream. */
  readonly hasNoStreamUsage?: true
  /** How often an overload is asked in all when the client's retries are as they come. */
  readonly triesOnOverload: number
  /** Why it cannot be tried on this machine. */
  readonly skip?: string | undefined
  /** What must be there before anything is started: a failure here leaves nothing behind that would run for ever. */
  prepare?(): Promise<unknown>
  /** @param url of the sidecar, without a path. */
  connect(url: string): Promise<Client>
}

/** Where an act writes down what it sees, so that nothing is lost when it throws. */
export interface Notes {
  text: string
  finish?: string | undefined
  outputTokens?: number | undefined
  pieces?: number
  calls?: readonly { readonly name: string; readonly input: unknown }[]
  callFinish?: string | undefined
}

export type Acts = Readonly<Record<Act, (scene: Scene, notes: Notes) => Promise<void>>>

export function clientOf(acts: Acts, close: () => Promise<void> | void = () => undefined): Client {
  return {
    async play(scene) {
      const notes: Notes = { text: '' }
      try {
        await acts[scene.act](scene, notes)
        return notes
      } catch (error) {
        return { ...notes, raised: describeException(error) }
      }
    },
    close: async () => close(),
  }
}

function describeException(error: unknown): Raised {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) }
  return { name: error.constructor.name, status: statusOf(error), message: error.message }
}

/** Every client has a member of its own for the status. */
function statusOf(error: object): number | undefined {
  if ('status' in error && typeof error.status === 'number') return error.status
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode
  // Some wrap the exception of the client below them.
  if ('cause' in error && error.cause instanceof Error) return statusOf(error.cause)
  if (!('$metadata' in error)) return undefined
  const metadata = error.$metadata
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}

/** One more piece of a streamed text. */
export function addPiece(notes: Notes, text: string | null | undefined): void {
  if (text === undefined || text === null || text === '') return
  notes.text += text
  notes.pieces = (notes.pieces ?? 0) + 1
}

/** The tool that every client offers, and what it gives. */
export const weather = {
  name: 'weather',
  description: 'the weather of a city',
  parameters: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
  },
  result: 'sunny with a light breeze',
}

export const question = 'What is the weather like?'
