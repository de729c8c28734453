// One policy, its defaults filled in and its units made milliseconds and dollars.
import { toMilliseconds } from '../resources/durations.ts'
import type { FallbackPolicy } from '../resources/fallback-policy.ts'
import { toDollars } from '../resources/money.ts'
import type { PolicyRoute } from '../resources/policy-route.ts'
import { contentDigest } from '../snapshot/digest.ts'
import type { CompiledMatch, CompiledPolicy, CompiledRoute } from '../snapshot/policy-snapshot.ts'
import { operations } from '../vocabulary.ts'
import { type CompileInput, type PlacedPolicy, providerKey } from './catalogue.ts'
import { compileStep, type FindModel } from './compile-step.ts'
import { nameStrategy } from './name-strategy.ts'

export interface CompilePolicyOptions {
  readonly environment: CompileInput['environment']
  readonly findModel: FindModel
}

export function compilePolicy(placed: PlacedPolicy, options: CompilePolicyOptions): CompiledPolicy {
  const { policy, namespace } = placed
  const { passThrough, tenant, mode, routes } = policy.spec
  return {
    namespace,
    name: policy.metadata.name,
    identity: nameIdentity(placed, options.environment),
    mode,
    ...(tenant === undefined ? {} : { tenant: compileTenant(tenant) }),
    ...(passThrough === undefined
      ? {}
      : { passThrough: providerKey(passThrough.providerRef.kind, namespace, passThrough.providerRef.name) }),
    routes: routes.map(route => compileRoute(route, namespace, options.findModel)),
  }
}

/** `name@generation`. Files have no generation that counts up, so the content itself stands for it. */
function nameIdentity({ policy, namespace }: PlacedPolicy, environment: CompileInput['environment']): string {
  const { name, generation } = policy.metadata
  if (environment === 'cluster' && generation !== undefined) return `${name}@${generation}`
  return `${name}@${contentDigest({ kind: policy.kind, namespace, name, spec: policy.spec }).slice(0, 8)}`
}

function compileTenant(
  tenant: NonNullable<FallbackPolicy['spec']['tenant']>,
): NonNullable<CompiledPolicy['tenant']> {
  return tenant.header === undefined
    ? { kind: 'value', value: tenant.value ?? '' }
    : { kind: 'header', name: tenant.header.toLowerCase() }
}

function compileRoute(route: PolicyRoute, namespace: string, findModel: FindModel): CompiledRoute {
  const { residency, budget, cacheFirst } = route
  const chain = route.chain.map((step, hop) => compileStep(step, hop, { namespace, findModel }))
  return {
    name: route.name,
    strategy: nameStrategy(chain),
    match: compileMatch(route.match ?? {}),
    limits: { deadlineMs: toMilliseconds(route.limits.deadline), attempts: route.limits.attempts },
    retryBudget: route.retryBudget,
    whenAllOpen: route.whenAllOpen,
    ...(residency === undefined ? {} : { residency: { regions: [...new Set(residency.regions)].sort() } }),
    ...(budget === undefined
      ? {}
      : {
          budget: {
            usd: toDollars(budget.usd),
            perMs: toMilliseconds(budget.per),
            onExceeded: budget.onExceeded,
          },
        }),
    streaming: { onBreak: 'Terminate', keepAliveMs: toMilliseconds(route.streaming.keepAlive) },
    ...(cacheFirst === undefined ? {} : { cacheFirst: { maxAgeMs: toMilliseconds(cacheFirst.maxAge) } }),
    chain,
  }
}

function compileMatch(match: NonNullable<PolicyRoute['match']>): CompiledMatch {
  const { models, headers } = match
  return {
    ...(models === undefined ? {} : { models: [...new Set(models)].sort() }),
    ...(match.operations === undefined
      ? {}
      : { operations: operations.filter(operation => match.operations?.includes(operation)) }),
    ...(headers === undefined
      ? {}
      : {
          headers: headers.map(({ name, value }) => ({
            name: name.toLowerCase(),
            ...(value === undefined ? {} : { value }),
          })),
        }),
  }
}
