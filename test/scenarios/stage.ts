// The stage of every scenario: two scripted providers, a policy folder, the real sidecar as a process.
import { askChat, type Question, type WireAnswer } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { createPolicyFolder, type PolicyFolder } from '../support/policy-folder.ts'
import {
  anthropicProvider,
  fallbackPolicy,
  type Members,
  openAiProvider,
  policyFile,
  providerKeys,
  route,
  targetStep,
} from '../support/policy-objects.ts'
import { type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.ts'
import { type Sidecar, startSidecar } from '../support/start-sidecar.ts'

export interface Stage {
  /** Speaks OpenAI's dialect; `first` in the policy. */
  readonly first: ScriptedProvider
  /** Speaks OpenAI's dialect too; `second` in the policy. */
  readonly second: ScriptedProvider
  /** Speaks Anthropic's dialect; `other` in the policy. */
  readonly other: ScriptedProvider
  readonly sidecar: Sidecar
  readonly folder: PolicyFolder
  ask(question?: Question): Promise<WireAnswer>
  /** Writes another policy over the same providers and returns once it is live. */
  writePolicy(routes: readonly Members[], more?: Members): Promise<void>
  close(): Promise<void>
}

export interface StageOptions {
  readonly routes: readonly Members[]
  /** Further members of the policy's `spec`. */
  readonly policy?: Members
  /** Further members of the `spec` of each provider, by its name. */
  readonly providers?: Readonly<Record<string, Members>>
  readonly environment?: Readonly<Record<string, string>>
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const [first, second, other] = await Promise.all([
    startScriptedProvider(),
    startScriptedProvider(),
    startScriptedProvider(),
  ])
  const describe = (routes: readonly Members[], more: Members = {}) =>
    policyFile([
      openAiProvider('first', `${first.url}/v1`, options.providers?.['first']),
      openAiProvider('second', `${second.url}/v1`, options.providers?.['second']),
      anthropicProvider('other', other.url, options.providers?.['other']),
      fallbackPolicy('scenario', routes, more),
    ])
  const folder = await createPolicyFolder({ 'policy.yaml': describe(options.routes, options.policy) })
  let written = 0
  const closeAround = async () => {
    await Promise.all([first.close(), second.close(), other.close(), folder.dispose()])
  }
  try {
    const environment = { ...providerKeys, LLM_FALLBACK_DRAIN: '2s', ...options.environment }
    const sidecar = await startSidecar({ policyDir: folder.path, environment })
    return {
      ...{ first, second, other, sidecar, folder },
      ask: question => askChat(sidecar.url, question),
      async writePolicy(routes, more) {
        written += 1
        const marker = `live-${written}`
        const answering = routeFor(marker, [{ name: 'only', manual: { text: 'live' } }])
        await folder.write('policy.yaml', describe([...routes, answering], more))
        await eventually('the edited policy is live', async () => {
          const { status } = await askChat(sidecar.url, { model: marker })
          return status === 200 ? true : undefined
        })
      },
      async close() {
        await sidecar.stop()
        await closeAround()
      },
    }
  } catch (error) {
    await closeAround()
    throw error
  }
}

/** No retries and a breaker that stays closed: one request, one attempt per step. */
export const plain: Members = { retry: { attempts: 0 }, circuitBreaker: { failures: 100 } }

/**
 * A route for one model name: `primary` at the first provider, `backup` at the second. Targets are named after the
 * model, so that no two routes share a breaker.
 */
export function twoSteps(model: string, primary: Members = {}, backup: Members = {}): Members {
  return route(
    model,
    [
      targetStep('primary', { provider: 'first', model: `${model}-1` }, { ...plain, ...primary }),
      targetStep('backup', { provider: 'second', model: `${model}-2` }, { ...plain, ...backup }),
    ],
    { match: { models: [model] } },
  )
}

/** A route for one model name with any chain. */
export function routeFor(model: string, chain: readonly Members[], more: Members = {}): Members {
  return route(model, chain, { match: { models: [model] }, ...more })
}
