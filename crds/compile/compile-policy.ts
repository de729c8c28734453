// One policy, its defaults filled in and its units made milliseconds and dollars.
import { toMilliseconds } from '../resources/durations.ts'
import type { PolicySpec } from '../resources/fallback-policy.ts'
import { toDollars } from '../resources/money.ts'
import type { PolicyRoute } from '../resources/policy-route.ts'
import type {
  CompiledMatch,
  CompiledPolicy,
  CompiledRoute,
  ProviderKey,
} from '../snapshot/policy-snapshot.ts'
import { operations } from '../vocabulary.ts'
import { compileStep, type ProviderLookup } from './compile-step.ts'
import { nameStrategy } from './name-strategy.ts'
import { type PlacedPolicy, providerKey } from './placed.ts'

/** @param lookup what the providers say, and which of them cannot be asked. */
export function compilePolicy(placed: PlacedPolicy, lookup: ProviderLookup): CompiledPolicy {
  const { spec, metadata, namespace, owner, identity } = placed
  const { passThrough, tenant, mode, routes } = spec
  return {
    namespace: owner,
    name: metadata.name,
    identity,
    mode,
    ...(tenant === undefined ? {} : { tenant: compileTenant(tenant) }),
    ...(passThrough === undefined
      ? {}
      : compilePassThrough(
          providerKey(passThrough.providerRef.kind, namespace, passThrough.providerRef.name),
          lookup,
        )),
    routes: routes.map(route => compileRoute(route, namespace, lookup)),
  }
}

/** A provider that is not part of the snapshot cannot be named; requests without a route are then refused. */
function compilePassThrough(
  provider: ProviderKey,
  { isKnown }: ProviderLookup,
): Pick<CompiledPolicy, 'passThrough'> {
  return isKnown(provider) ? { passThrough: provider } : {}
}

function compileTenant(tenant: NonNullable<PolicySpec['tenant']>): NonNullable<CompiledPolicy['tenant']> {
  return tenant.header === undefined
    ? { kind: 'value', value: tenant.value ?? '' }
    : { kind: 'header', name: tenant.header.toLowerCase() }
}

function compileRoute(route: PolicyRoute, namespace: string, lookup: ProviderLookup): CompiledRoute {
  const { residency, budget, cacheFirst } = route
  const chain = route.chain.map((step, hop) => compileStep(step, hop, { namespace, lookup }))
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
