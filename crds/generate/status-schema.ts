// What the operator writes into `status`. Nothing in it is required and nothing has a rule: a status must always be writable.
import type { StructuralSchema } from './structural-schema.ts'

const observedGeneration: StructuralSchema = {
  type: 'integer',
  format: 'int64',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'metadata.generation of the spec that this is about.',
}

function text(description: string, maxLength: number): StructuralSchema {
  return { type: 'string', maxLength, description }
}

function count(description: string): StructuralSchema {
  return { type: 'integer', format: 'int32', minimum: 0, maximum: 2 ** 31 - 1, description }
}

const condition: StructuralSchema = {
  type: 'object',
  description: 'One condition.',
  required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
  properties: {
    type: text('What it is about: Accepted, ResolvedRefs, Programmed, Conflicted or Healthy.', 316),
    status: { type: 'string', enum: ['True', 'False', 'Unknown'], description: 'Whether it holds.' },
    reason: text('Why, in one word that programs can read.', 1024),
    message: text('Why, for people.', 32_768),
    observedGeneration,
    lastTransitionTime: {
      type: 'string',
      format: 'date-time',
      maxLength: 64,
      description: 'When status changed last.',
    },
  },
}

const conditions: StructuralSchema = {
  type: 'array',
  maxItems: 8,
  description: 'What is true of this object now.',
  items: condition,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
}

/** Status of providers. */
export const providerStatus: StructuralSchema = {
  type: 'object',
  description: 'Written by the operator.',
  properties: { observedGeneration, conditions },
}

/** Status of policies: every pod is accounted for. */
export const policyStatus: StructuralSchema = {
  type: 'object',
  description: 'Written by the operator.',
  properties: {
    observedGeneration,
    conditions,
    live: text('Pods that run it, of those that it is meant for: 3/3.', 64),
    pods: {
      type: 'object',
      description: 'The pods that it is meant for, each counted once below matched.',
      properties: {
        matched: count('Pods that the policy is meant for.'),
        programmed: count('Pods that run it.'),
        rejected: count('Pods whose sidecar refused it and runs an older one.'),
        stale: count('Pods that have not said that they run it.'),
        notInjected: count('Pods without a sidecar.'),
      },
    },
    rejections: {
      type: 'array',
      maxItems: 10,
      description: 'The first ten pods that refused it.',
      'x-kubernetes-list-type': 'atomic',
      items: {
        type: 'object',
        description: 'One refusal.',
        required: ['pod', 'message'],
        properties: {
          pod: text('Name of the pod; namespace/name for cluster policies.', 317),
          message: text('What its sidecar said.', 32_768),
        },
      },
    },
  },
}
