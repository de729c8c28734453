// What a policy may say but hardly means. None of it refuses a policy; the list is the table of contents.
import { formatDuration } from '../resources/durations.ts'
import { adviseEndpoint } from '../resources/endpoint-advice.ts'
import { matchesGlob } from '../resources/glob.ts'
import type { Finding } from '../resources/problem.ts'
import type {
  CompiledPolicy,
  CompiledProvider,
  CompiledRoute,
  ProviderKey,
} from '../snapshot/policy-snapshot.ts'
import { targetsOf } from './name-strategy.ts'

export type Providers = Readonly<Record<ProviderKey, CompiledProvider>>

type RouteWarning = (route: CompiledRoute, providers: Providers) => readonly RouteFinding[]

/** `path` is relative to the route, or to the spec where that is judged; empty: the route itself. */
interface RouteFinding {
  readonly path: string
  readonly message: string
}

const routeWarnings: readonly RouteWarning[] = [
  chainTimeFitsTheDeadline,
  overflowMeetsLargerWindow,
  regionsCanBeMet,
  targetsDoNotFailTogether,
  providersAreAtBaseUrls,
  budgetSeesEveryPrice,
  awaitedSkipsCanHappen,
]

/**
 * Findings about a compiled policy, route by route.
 * @param specPath where the policy stands in its object: `spec`, or `spec.defaults` of a cluster policy.
 */
export function findWarnings(
  policy: CompiledPolicy,
  providers: Providers,
  specPath: string,
): readonly Finding[] {
  const ofRoutes = policy.routes.flatMap((route, index) =>
    routeWarnings
      .flatMap(warning => warning(route, providers))
      .map(({ path, message }) => ({ path: `.routes[${index}]${path}`, message })),
  )
  return [...passThroughIsBoundToo(policy, providers), ...routesAreReachable(policy), ...ofRoutes].map(
    ({ path, message }) => ({ path: `${specPath}${path}`, message }),
  )
}

/** A step that waits for its whole time leaves nothing to the steps behind it. */
function chainTimeFitsTheDeadline({ chain, limits }: CompiledRoute): readonly RouteFinding[] {
  const targets = targetsOf(chain)
  const totalMs = targets.reduce((sum, target) => sum + target.timeout.totalMs, 0)
  if (targets.length < 2 || totalMs <= limits.deadlineMs) return []
  const [all, deadline] = [formatDuration(totalMs), formatDuration(limits.deadlineMs)]
  const message = `the targets may take ${all} together, the deadline is ${deadline}: after a slow answer the later steps have little or no time (see timeout.total)`
  return [{ path: '.limits.deadline', message }]
}

function overflowMeetsLargerWindow({ chain }: CompiledRoute): readonly RouteFinding[] {
  const targets = targetsOf(chain)
  return targets.flatMap((step, index) => {
    const window = step.facts?.contextWindow
    if (window === undefined || !step.when.includes('ContextOverflow')) return []
    const larger = targets.slice(0, index).find(earlier => (earlier.facts?.contextWindow ?? 0) >= window)
    if (larger === undefined) return []
    const message = `lists ContextOverflow, but its window (${window}) is no larger than that of ${larger.name} (${larger.facts?.contextWindow})`
    return [{ path: `.chain[${step.hop}].when`, message }]
  })
}

function regionsCanBeMet({ chain, residency }: CompiledRoute, providers: Providers): readonly RouteFinding[] {
  if (residency === undefined) return []
  // What is not there says nothing about regions; that it is not there is told elsewhere.
  const targets = targetsOf(chain).filter(target => providers[target.provider] !== undefined)
  const outside = targets.filter(target => {
    const region = providers[target.provider]?.region
    return region === undefined || !residency.regions.some(glob => matchesGlob(glob, region))
  })
  if (targets.length > 0 && outside.length === targets.length) {
    return [{ path: '.residency.regions', message: 'no target can ever meet this: every one is skipped' }]
  }
  return outside.map(target => {
    const region = providers[target.provider]?.region
    const place = region === undefined ? 'its provider names no region' : `its provider is in ${region}`
    return { path: `.chain[${target.hop}]`, message: `is always skipped by the residency rule: ${place}` }
  })
}

function targetsDoNotFailTogether({ chain }: CompiledRoute, providers: Providers): readonly RouteFinding[] {
  const targets = targetsOf(chain)
  const hosts = new Set(targets.map(target => hostOf(providers[target.provider])))
  const [host] = hosts
  if (targets.length < 2 || hosts.size > 1 || host === undefined) return []
  return [{ path: '.chain', message: `every target is at ${host}: one outage takes all of them` }]
}

function providersAreAtBaseUrls({ chain }: CompiledRoute, providers: Providers): readonly RouteFinding[] {
  return targetsOf(chain).flatMap(target => {
    const advice = adviseEndpoint(providers[target.provider]?.endpoint ?? '')
    if (advice === undefined) return []
    return [
      {
        path: `.chain[${target.hop}].target.providerRef`,
        message: `the endpoint of this provider ${advice}`,
      },
    ]
  })
}

function hostOf(provider: CompiledProvider | undefined): string | undefined {
  return provider === undefined ? undefined : new URL(provider.endpoint).host
}

function budgetSeesEveryPrice({ chain, budget }: CompiledRoute): readonly RouteFinding[] {
  if (budget === undefined) return []
  return targetsOf(chain)
    .filter(target => target.facts?.price === undefined)
    .map(target => ({
      path: `.chain[${target.hop}].target.model`,
      message: 'has no price at its provider, so the budget cannot bound it',
    }))
}

/** Skips that only a limit of the route can cause. */
const limitedSkips = [
  { kind: 'BudgetExceeded', limit: 'budget' },
  { kind: 'ResidencyDenied', limit: 'residency' },
] as const

function awaitedSkipsCanHappen(route: CompiledRoute): readonly RouteFinding[] {
  const absent = limitedSkips.filter(({ limit }) => route[limit] === undefined)
  return route.chain.flatMap(step => {
    const isIdle = step.when.length > 0 && step.when.every(kind => absent.some(skip => skip.kind === kind))
    const limits = absent.filter(skip => step.when.includes(skip.kind)).map(skip => skip.limit)
    if (!isIdle) return []
    const message = `is never entered: the route has no ${limits.join(' and no ')}`
    return [{ path: `.chain[${step.hop}].when`, message }]
  })
}

function routesAreReachable({ routes }: CompiledPolicy): readonly RouteFinding[] {
  const position = routes.findIndex(({ match }) => Object.keys(match).length === 0)
  if (position < 0 || position === routes.length - 1) return []
  const message = `no request comes this far: route ${routes[position]?.name} before it matches every one`
  return [{ path: `.routes[${position + 1}]`, message }]
}

function passThroughIsBoundToo(policy: CompiledPolicy, providers: Providers): readonly RouteFinding[] {
  if (policy.passThrough === undefined) return []
  const region = providers[policy.passThrough]?.region
  const isOutside = policy.routes.some(
    ({ residency }) =>
      residency !== undefined &&
      (region === undefined || !residency.regions.some(glob => matchesGlob(glob, region))),
  )
  if (!isOutside) return []
  const message = 'is outside the regions of a route: requests that match no route leave them'
  return [{ path: '.passThrough.providerRef', message }]
}
