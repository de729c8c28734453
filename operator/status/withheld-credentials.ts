// Pods that run their policy without the keys that it needs, because of their shape.
import type { SelectionClass } from '../../crds/compile/compile-namespace.ts'
import type { PodFacts } from '../reconcile/ports.ts'
import { plainSentence } from './plain-sentence.ts'

/** Why no key is sent to its sidecar; empty when there is none to send, or nothing speaks against it. */
export function whyWithheld({ unsound }: PodFacts, { secrets }: Pick<SelectionClass, 'secrets'>): string {
  return unsound === '' || secrets.length === 0 ? '' : plainSentence(unsound)
}
