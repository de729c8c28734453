// ClusterFallbackPolicy: what the platform says for whole namespaces, before, instead of and around their own policies.
import * as z from 'zod/mini'
import { modes, policySpec } from './fallback-policy.ts'
import { atLeastOne, described, duration, integer, line, list, object, oneOf } from './field.ts'
import { labelSelector } from './label-selector.ts'
import { status } from './llm-provider.ts'
import { clusterMetadata } from './metadata.ts'
import { providerPattern, regionPattern } from './names.ts'
import { attemptBounds, deadlineBounds } from './policy-route.ts'
import { apiVersion, type Immutable } from './resource.ts'

const constraintMembers = ['regions', 'providers', 'models', 'maxDeadline', 'maxAttempts', 'modes']
const someConstraint = atLeastOne(constraintMembers, `at least one of ${constraintMembers.join(', ')}`)

const constraints = object(
  {
    regions: z.exactOptional(
      list(
        regionPattern(),
        { min: 1, max: 64 },
        'Regions in which the providers of targets must be. A provider that names no region is in none of them.',
      ),
    ),
    providers: z.exactOptional(
      list(providerPattern(), { min: 1, max: 64 }, 'Providers that targets may name.'),
    ),
    models: z.exactOptional(
      list(
        line('A model or a pattern such as gpt-4o*.', 'a model or a pattern is expected'),
        { min: 1, max: 64 },
        'Models that targets may name.',
      ),
    ),
    maxDeadline: z.exactOptional(duration('Longest deadline that a route may have.', deadlineBounds)),
    maxAttempts: z.exactOptional(
      integer('Most calls to providers that a route may allow, retries included.', attemptBounds),
    ),
    modes: z.exactOptional(
      list(
        oneOf(modes, 'a mode', `One of ${modes.join(', ')}.`),
        { min: 1, max: modes.length },
        'Modes that a policy may have.',
      ),
    ),
  },
  'What every policy of these namespaces must keep to. Those of several cluster policies all hold.',
).check(someConstraint.rule, someConstraint.meta)

export type Constraints = Immutable<z.infer<typeof constraints>>

const specMembers = ['defaults', 'overrides', 'constraints']
const someSpecMember = atLeastOne(specMembers, `at least one of ${specMembers.join(', ')}`)

export const clusterFallbackPolicy = object(
  {
    apiVersion: z.literal(apiVersion),
    kind: z.literal('ClusterFallbackPolicy'),
    metadata: clusterMetadata,
    spec: object(
      {
        namespaceSelector: z.exactOptional(
          described(
            labelSelector.check(),
            'Selects namespaces by their labels. Absent: every namespace. Their names are labels, too: kubernetes.io/metadata.name.',
          ),
        ),
        defaults: z.exactOptional(
          described(
            policySpec.check(),
            'A policy for requests that no policy of the namespace has a route for.',
          ),
        ),
        overrides: z.exactOptional(
          described(policySpec.check(), 'A policy that is asked for a route before those of the namespace.'),
        ),
        constraints: z.exactOptional(constraints),
      },
      'The policies of the platform, and what it holds the others to.',
    ).check(someSpecMember.rule, someSpecMember.meta),
    status,
  },
  'What the platform says about fallback in whole namespaces.',
)

export type ClusterFallbackPolicy = Immutable<z.infer<typeof clusterFallbackPolicy>>
