// What the conductor says to its helpers, and what they answer: plain values over the channel of a forked process.

/** How the provider stub answers calls for the primary's model. Everything else it answers well. */
export type StubMode = 'healthy' | 'modelMissing' | 'serverError'

export type StubOrder =
  | { readonly kind: 'setMode'; readonly mode: StubMode }
  /** `chunks` events per stream, one every `intervalMs`. */
  | { readonly kind: 'setStream'; readonly chunks: number; readonly intervalMs: number }
  | { readonly kind: 'resetCounts' }
  | { readonly kind: 'tellCounts' }

export interface StubCounts {
  readonly kind: 'counts'
  readonly requests: number
  /** Milliseconds from a failed answer of the primary to the next request. */
  readonly failoverMs: readonly number[]
  /** Requests whose model and fixed header come from different versions of the policy. */
  readonly mixed: number
  /** The newest policy version seen in the fixed header; 0: none. */
  readonly newestVersion: number
}

export interface LoadOrder {
  readonly port: number
  readonly path: string
  readonly body: string
  readonly connections: number
  readonly durationMs: number
  /** Requests per second; absent: as many as the connections can do. */
  readonly rate?: number
  /** Ends after this many requests; absent: only time ends it. */
  readonly requests?: number
}

export interface LoadResult {
  readonly requests: number
  /** Answers with another status than 200, and broken connections. */
  readonly errors: number
  readonly elapsedMs: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Bodies of requests. */
export const smallPrompt = promptOf('Tell me in one sentence why the sky is blue. '.repeat(6), false)
export const streamPrompt = promptOf('Tell me a long story.', true)
/** A picture of a megabyte: as text so large a prompt would not fit the model's window, and the walk would leave it. */
export const largePrompt = promptOf(
  [
    { type: 'text', text: 'What is in this picture?' },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0KGgoAAAAN'.repeat(65_536)}` } },
  ],
  false,
)
export const chatPath = '/v1/chat/completions'
/** A caller of another format than the provider's: every event of the answer is translated. */
export const messagesPath = '/v1/messages'
export const messagesStreamPrompt = JSON.stringify({
  model: 'gpt-4o',
  max_tokens: 1024,
  stream: true,
  system: 'You are terse.',
  messages: [{ role: 'user', content: 'Tell me a long story.' }],
})

function promptOf(content: string | readonly object[], stream: boolean): string {
  return JSON.stringify({
    model: 'gpt-4o',
    ...(stream ? { stream } : {}),
    temperature: 0.2,
    messages: [
      { role: 'system', content: 'You are terse.' },
      { role: 'user', content },
    ],
  })
}
