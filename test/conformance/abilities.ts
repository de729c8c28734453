// What each dialect can say, for the generated requests and answers.
import fc from 'fast-check'
import type { CompletionReply } from '../../sidecar/dialect/completion.ts'
import type { Abilities } from './ability.ts'

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

export const geminiAbilities: Abilities = {
  ...openaiAbilities,
  parameters: fc.oneof(
    fc.constant({}),
    fc.record({ seed: fc.integer({ min: 0, max: 1_000_000 }), topK: fc.integer({ min: 1, max: 100 }) }),
  ),
  formatName: fc.constant('answer'),
  toolErrors: false,
  interleavesCalls: true,
  vendorFinish: { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' },
  replyId: identifier,
  hasCreationTime: false,
  unsayable: ['endUser', 'parallelToolCalls', 'imageUrl', 'strictTools'],
}

export const responsesAbilities: Abilities = {
  ...openaiAbilities,
  parameters: fc.constant({}),
  interleavesCalls: true,
  vendorFinish: { stop: 'completed', length: 'incomplete:max_output_tokens', tool_calls: 'completed' },
  replyId: identifier.map(id => `resp_${id}`),
  unsayable: ['stop'],
}

export const bedrockAbilities: Abilities = {
  ...anthropicAbilities,
  parameters: fc.constant({}),
  replyId: fc.constant(''),
  unsayable: ['endUser', 'parallelToolCalls', 'imageUrl', 'strictTools', 'noToolChoice', 'responseFormat'],
  asSaid: withoutOrigin,
}

export const cohereAbilities: Abilities = {
  ...openaiAbilities,
  parameters: fc.oneof(
    fc.constant({}),
    fc.record({ seed: fc.integer({ min: 0, max: 1_000_000 }), topK: fc.integer({ min: 1, max: 100 }) }),
  ),
  formatName: fc.constant('answer'),
  vendorFinish: { stop: 'COMPLETE', length: 'MAX_TOKENS', tool_calls: 'TOOL_CALL' },
  replyId: identifier,
  hasCreationTime: false,
  unsayable: [
    'endUser',
    'parallelToolCalls',
    'strictTools',
    'namedToolChoice',
    'autoToolChoice',
    'responseFormat',
  ],
  cannotRefuse: true,
  asSaid: reply => ({ ...reply, model: '' }),
}

/** Anthropic's messages in another envelope: the model is in the path. */
export const invokeAbilities: Abilities = { ...anthropicAbilities }

/** The wire tells neither who answered nor how many tokens went into reasoning. */
function withoutOrigin(reply: CompletionReply): CompletionReply {
  const { reasoning: _reasoning, ...usage } = reply.usage ?? { input: 0, output: 0 }
  return { ...reply, id: '', model: '', ...(reply.usage && { usage }) }
}

/** Only what both can say. */
export const commonAbilities: Abilities = {
  ...openaiAbilities,
  parameters: fc.constant({}),
  formatName: fc.constant('answer'),
}
