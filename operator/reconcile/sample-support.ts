// One namespace for tests: a policy, a provider with its key, three pods, and a running loop.
import type { Clock, Condition, ResourceStatus } from './ports.ts'
import { samplePod, sampleResource } from './sample-objects.ts'
import { SampleWorld } from './sample-world.ts'

export const sampleProvider = {
  dialect: 'OpenAI',
  credentials: { secretRef: { name: 'keys', key: 'openai' } },
}

/** Spec of a policy with one step. @param more further members, e.g. `priority`. */
export function samplePolicy(more: Readonly<Record<string, unknown>> = {}) {
  const target = { providerRef: { name: 'openai' }, model: 'gpt-4o' }
  return { ...more, routes: [{ name: 'chat', chain: [{ name: 'primary', target }] }] }
}

/** `support/copilot`, `support/openai` and the pods `a`, `b`, `c`. */
export async function startSupport<Hands extends SettableClock>(
  clock: Hands,
): Promise<{ readonly clock: Hands; readonly world: SampleWorld }> {
  const world = new SampleWorld(clock)
  world.readers.namespaces.put({ name: 'support', labels: {} })
  world.readers.policies.put(sampleResource('FallbackPolicy', 'support/copilot', samplePolicy()))
  world.readers.providers.put(sampleResource('LLMProvider', 'support/openai', sampleProvider))
  for (const name of ['a', 'b', 'c']) world.readers.pods.put(samplePod(`support/${name}`))
  world.secrets.set('support/keys/openai', { kind: 'found', version: '1', value: 'sk-sample' })
  world.reconciler.start()
  await clock.advance(50)
  return { clock, world }
}

export interface SettableClock extends Clock {
  advance(milliseconds: number): Promise<void>
}

/** `True Accepted`: status and reason of a condition. */
export function conditionOf(status: ResourceStatus | undefined, type: Condition['type']): string | undefined {
  const condition = status?.conditions.find(one => one.type === type)
  return condition && `${condition.status} ${condition.reason}`
}
