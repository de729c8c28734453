// What a model's name tells about its server. Every server speaks "OpenAI chat", but not the same of it: the vendor's own
// models have replaced `max_tokens`, its reasoning models refuse sampling, Mistral's templates demand short call ids.
// A name that says nothing gets the oldest common ground.

import { effortsElsewhere, effortsOf } from './reasoning-efforts.ts'

export interface ModelHabits {
  /** The member that caps the answer. */
  readonly tokenLimit: 'max_completion_tokens' | 'max_tokens'
  /** False: temperature, penalties, logprobs and stop sequences are answered with a 400. */
  readonly takesSampling: boolean
  /** False: `reasoning_effort` is answered with a 400. */
  readonly takesEffort: boolean
  /** The efforts that are taken where any is. */
  readonly efforts: readonly string[]
  /** True: a token budget for reasoning may be told as an effort. */
  readonly reasons: boolean
  readonly callIds: 'common' | 'nineCharacters'
}

const ownModel = /^(?:ft:)?(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|codex-)/
const reasoningModel = /^(?:ft:)?(?:o[1-9](?:-|$)|gpt-[5-9](?!.*-chat)|codex-)/
const mistralModel = /(?:mistral|ministral|codestral|magistral|devstral|pixtral|voxtral|mixtral)/

/** @param model as sent; a router's prefix such as `openai/` is looked through. */
export function habitsOf(model: string): ModelHabits {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const isOwn = ownModel.test(name)
  const reasons = reasoningModel.test(name)
  return {
    tokenLimit: isOwn ? 'max_completion_tokens' : 'max_tokens',
    takesSampling: !reasons,
    takesEffort: !isOwn || reasons,
    efforts: isOwn ? effortsOf(name) : effortsElsewhere,
    reasons,
    callIds: mistralModel.test(name) ? 'nineCharacters' : 'common',
  }
}
