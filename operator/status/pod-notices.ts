// What is told of a pod in events, from what injection wrote on it. Names only: it never knows a value.
import type { PodFacts, RecordedEvent } from '../reconcile/ports.ts'
import { plainSentence } from './plain-sentence.ts'

/** Codes of `skipped: <Code>` that somebody asked for, so that nobody needs to look into them. */
const wantedSkips: readonly string[] = ['OptedOut', 'AlreadyInjected']
const skipped = /^skipped: ([A-Za-z]{1,60})$/

/** Of a pod that is new. */
export function podNotices(pod: PodFacts): readonly RecordedEvent[] {
  return [...injectionNotice(pod), ...exposedKeysNotice(pod), ...keptVariablesNotice(pod)]
}

/** @param reason as in `whyWithheld`. */
export function withheldNotice(reason: string): RecordedEvent {
  return {
    type: 'Warning',
    reason: 'CredentialsWithheld',
    message: `its sidecar gets no provider keys: ${reason}`,
  }
}

function injectionNotice({ injection, hasSidecar }: PodFacts): readonly RecordedEvent[] {
  if (injection === 'injected' && hasSidecar) {
    return [
      {
        type: 'Normal',
        reason: 'Injected',
        message: 'calls of LLM SDKs in this pod go through llm-fallback',
      },
    ]
  }
  const code = skipped.exec(injection)?.[1]
  if (code === undefined) return []
  const type = wantedSkips.includes(code) ? 'Normal' : 'Warning'
  return [{ type, reason: 'InjectionSkipped', message: `llm-fallback was not injected: ${code}` }]
}

function exposedKeysNotice({ exposedKeys }: PodFacts): readonly RecordedEvent[] {
  if (exposedKeys === '') return []
  const message = `the app can read a provider key itself (${plainSentence(exposedKeys)}): remove the variable, the sidecar has the key`
  return [{ type: 'Warning', reason: 'KeyInAppContainer', message }]
}

function keptVariablesNotice({ keptVariables }: PodFacts): readonly RecordedEvent[] {
  if (keptVariables === '') return []
  const message = `these variables were set already and stay as they are, so that calls which follow them pass the sidecar by: ${plainSentence(keptVariables)}`
  return [{ type: 'Warning', reason: 'VariablesKept', message }]
}
