// What each dialect can say, for the generated requests and answers.
import fc from 'fast-check'
import type { Abilities } from './neutral-arbitraries.ts'

const identifier = fc.stringMatching(/^[a-zA-Z0-9]{8,24}$/)

export const anthropicAbilities: Abilities = {
  parameters: fc.oneof(fc.constant({}), fc.record({ topK: fc.integer({ min: 1, max: 500 }) })),
  // The wire has no name for a format.
  formatName: fc.constant('answer'),
  toolErrors: true,
  interleavesCalls: true,
  vendorFinish: { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' },
  replyId: identifier.map(id => `msg_${id}`),
  hasCreationTime: false,
  countsCacheWrites: true,
}

export const openaiAbilities: Abilities = {
  parameters: fc.oneof(
    fc.constant({}),
    fc.record({
      seed: fc.integer({ min: 0, max: 1_000_000 }),
      frequencyPenalty: fc.constantFrom(-2, 0.5, 2),
      presencePenalty: fc.constantFrom(-1, 1),
      choices: fc.integer({ min: 2, max: 4 }),
    }),
  ),
  formatName: fc.stringMatching(/^[a-z][a-z_]{0,20}$/),
  toolErrors: false,
  interleavesCalls: false,
  vendorFinish: { stop: 'stop', length: 'length', tool_calls: 'tool_calls' },
  replyId: identifier.map(id => `chatcmpl-${id}`),
  hasCreationTime: true,
  countsCacheWrites: false,
}

/** Only what both can say. */
export const commonAbilities: Abilities = {
  ...openaiAbilities,
  parameters: fc.constant({}),
  formatName: fc.constant('answer'),
}
