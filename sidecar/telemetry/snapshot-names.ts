// What metrics take from a snapshot: the names that may become labels, and the facts about each target.
import type { CompiledStep, CompiledTargetStep, PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { SnapshotNames } from './cardinality-guard.ts'

export interface TargetFacts {
  readonly target: string
  readonly provider: string
  readonly model: string
  /** '' when the provider names none. */
  readonly region: string
}

/** Stands for the models that callers name when a provider serves what matches no route. */
const anyModel = '*'
/** Route, step and strategy of such requests. */
const passThroughName = 'pass-through'

/** Names targets as labels know them: a provider and one of its models. */
export interface TargetNamer {
  use(snapshot: PolicySnapshot): void
  target(name: { readonly provider: string; readonly model: string }): string
  model(name: { readonly provider: string; readonly model: string }): string
}

export function createTargetNamer(): TargetNamer {
  let passThrough: ReadonlySet<string> = new Set()
  let targets: ReadonlySet<string> = new Set()
  const model = (name: { readonly provider: string; readonly model: string }) =>
    passThrough.has(name.provider) && !targets.has(`${name.provider}/${name.model}`) ? anyModel : name.model
  return {
    use(snapshot) {
      passThrough = new Set(passThroughProviders(snapshot))
      targets = new Set(targetsOfSnapshot(snapshot).map(facts => facts.target))
    },
    target: name => `${name.provider}/${model(name)}`,
    model,
  }
}

function passThroughProviders(snapshot: PolicySnapshot): readonly string[] {
  return snapshot.policies.flatMap(({ passThrough }) => {
    const provider = passThrough === undefined ? undefined : snapshot.providers[passThrough]
    return provider === undefined ? [] : [provider.name]
  })
}

export function namesOfSnapshot(snapshot: PolicySnapshot): SnapshotNames {
  const routes = snapshot.policies.flatMap(policy => policy.routes)
  const steps = routes.flatMap(route => route.chain)
  const targets = targetsOfSnapshot(snapshot)
  const passThrough = passThroughProviders(snapshot)
  const extra = passThrough.length === 0 ? [] : [passThroughName]
  return {
    policy: new Set(snapshot.policies.map(policy => `${policy.namespace}/${policy.name}`)),
    route: new Set([...extra, ...routes.map(route => route.name)]),
    step: new Set([...extra, ...steps.map(step => step.name)]),
    strategy: new Set([...extra, ...routes.map(route => route.strategy)]),
    target: new Set([
      ...targets.map(target => target.target),
      ...passThrough.map(name => `${name}/${anyModel}`),
    ]),
    provider: new Set(Object.values(snapshot.providers).map(provider => provider.name)),
    model: new Set([anyModel, ...targets.map(target => target.model)]),
    region: new Set(targets.map(target => target.region)),
  }
}

/** Each target once, in the order of the chains. */
export function targetsOfSnapshot(snapshot: PolicySnapshot): readonly TargetFacts[] {
  const byTarget = new Map<string, TargetFacts>()
  for (const step of snapshot.policies.flatMap(policy => policy.routes.flatMap(route => route.chain))) {
    if (!isTargetStep(step)) continue
    const provider = snapshot.providers[step.provider]
    if (provider === undefined) continue
    const target = `${provider.name}/${step.model}`
    if (byTarget.has(target)) continue
    byTarget.set(target, {
      target,
      provider: provider.name,
      model: step.model,
      region: provider.region ?? '',
    })
  }
  return [...byTarget.values()]
}

/** `gen_ai.provider.name` of each provider, by its name: the flavour of its wire format. */
export function flavoursOfSnapshot(snapshot: PolicySnapshot): ReadonlyMap<string, string> {
  return new Map(
    Object.values(snapshot.providers).map(provider => [provider.name, flavours[provider.dialect]]),
  )
}

const flavours = {
  OpenAI: 'openai',
  Anthropic: 'anthropic',
  Gemini: 'gcp.gemini',
  AzureOpenAI: 'azure.ai.openai',
  Bedrock: 'aws.bedrock',
  Cohere: 'cohere',
} as const

function isTargetStep(step: CompiledStep): step is CompiledTargetStep {
  return step.kind === 'target'
}
