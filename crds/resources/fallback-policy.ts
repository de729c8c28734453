// FallbackPolicy: which pods, which requests, which chain, which limits.
import * as z from 'zod/mini'
import { exactlyOne, integer, list, object, oneOf } from './field.ts'
import { headerName, headerValue } from './headers.ts'
import { labelSelector } from './label-selector.ts'
import { status } from './llm-provider.ts'
import { namespacedMetadata } from './metadata.ts'
import { policyRoute } from './policy-route.ts'
import { providerRef } from './policy-step.ts'
import { apiVersion, type Immutable } from './resource.ts'

const tenantMembers = ['header', 'value']
const oneTenantMember = exactlyOne(tenantMembers, `exactly one of ${tenantMembers.join(', ')}`)

const tenant = object(
  {
    header: z.exactOptional(
      headerName('Request header in which the caller names its tenant; a claim, not a proof.'),
    ),
    value: z.exactOptional(headerValue('The tenant of every request.')),
  },
  'Whose request it is; part of the keys of caches and budgets.',
).check(oneTenantMember.rule, oneTenantMember.meta)

export const modes = ['Enforce', 'Observe'] as const

export const policySpec = object(
  {
    selector: z.exactOptional(labelSelector),
    priority: z._default(
      integer('Of several policies for a pod the one with the highest priority wins.', {
        min: -1000,
        max: 1000,
      }),
      0,
    ),
    mode: z._default(
      oneOf(
        modes,
        'a mode',
        'Enforce walks the chain. Observe gives the caller what the primary gives and reports what would differ.',
      ),
      'Enforce',
    ),
    passThrough: z.exactOptional(
      object({ providerRef }, 'Where requests go that match no route. Absent: they are refused.'),
    ),
    tenant: z.exactOptional(tenant),
    routes: list(policyRoute, { min: 1, max: 64 }, 'Routes; the first that matches is taken.'),
  },
  'The policy.',
)

export const fallbackPolicy = object(
  {
    apiVersion: z.literal(apiVersion),
    kind: z.literal('FallbackPolicy'),
    metadata: namespacedMetadata,
    spec: policySpec,
    status,
  },
  'A fallback policy for pods of its namespace.',
)

export type PolicySpec = Immutable<z.infer<typeof policySpec>>
export type FallbackPolicy = Immutable<z.infer<typeof fallbackPolicy>>
