// The ways in which a simulated vendor can misbehave. Each is what the real vendor (or the network before it) does.

export const faults = [
  'healthy',
  /** 429 with the wait that the vendor asks for. */
  'rate-limited',
  /** 500. */
  'server-error',
  /** 503 at OpenAI, 529 at Anthropic. */
  'overloaded',
  /** 529 at both, as some servers that speak OpenAI's dialect say it. */
  'overloaded-529',
  /** Takes the request and says nothing. */
  'silent',
  /** 200, then the connection breaks before any content. */
  'cut-before-content',
  /** 200, a few words, then the connection breaks. */
  'cut-after-content',
  /** 200 with an error inside. */
  'in-band-error',
  /** 200 with a refusal instead of an answer. */
  'refusal',
  /** 400: the prompt is too long for the model. */
  'context-overflow',
  /** Nobody listens: connection refused. */
  'down',
] as const

export type Fault = (typeof faults)[number]
