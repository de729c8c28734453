// What one model behind this wire takes and another refuses, told by its id. An id that says nothing (an ARN of one's own
// profile) gets only what every model takes.

import {
  claudeVersionOf,
  continuesAnswers,
  takesBudget,
  takesSampling,
} from '../anthropic-messages/model-habits.ts'

export interface ModelHabits {
  /** False: temperature, top-p and `top_k` are answered with a 400. */
  readonly takesSampling: boolean
  /** Markers of what is to be kept are accepted. */
  readonly cachesPrompts: boolean
  /** JSON schemas are enforced for the whole answer and for strict tools. */
  readonly enforcesSchemas: boolean
  /** An unfinished answer at the end of the conversation is continued. */
  readonly continuesAnswers: boolean
  /** Temperature and top-p may not stand in one request. */
  readonly samplesOneWay: boolean
  /** Where `top_k` goes among the fields of the model's own. */
  readonly topK?: 'top_k' | 'inferenceConfig'
  /** How a wish to think is written. */
  readonly thinking?: 'budget' | 'effort'
  /** The answer can be asked which stop sequence it met. */
  readonly tellsStopSequence: boolean
}

const plain: ModelHabits = {
  takesSampling: true,
  cachesPrompts: false,
  enforcesSchemas: false,
  continuesAnswers: false,
  samplesOneWay: false,
  tellsStopSequence: false,
}

const nova: ModelHabits = { ...plain, cachesPrompts: true, continuesAnswers: true, topK: 'inferenceConfig' }

export function habitsOf(model: string): ModelHabits {
  const id = model.toLowerCase()
  if (id.includes('amazon.nova')) return nova
  if (id.includes('openai.gpt-oss')) return { ...plain, thinking: 'effort' }
  if (!id.includes('anthropic.claude')) return plain
  return claude(claudeVersionOf(id) ?? 0, id)
}

function claude(version: number, id: string): ModelHabits {
  return {
    // The first of the 3.5 generation came without.
    cachesPrompts: version >= 3.07 || id.includes('claude-3-5-haiku') || id.includes('sonnet-20241022'),
    enforcesSchemas: version >= 4.05,
    takesSampling: takesSampling(version),
    continuesAnswers: continuesAnswers(version),
    samplesOneWay: version >= 4.01,
    tellsStopSequence: true,
    ...(takesSampling(version) && { topK: 'top_k' }),
    ...(takesBudget(version) && { thinking: 'budget' }),
  }
}
