// Tells when the sidecar has taken up an edited policy, or why it has not.
import { eventually } from '../support/eventually.ts'
import { recordOf, textOf } from '../support/simulated-vendors/json.ts'
import type { Sidecar } from '../support/start-sidecar.ts'

const lookEveryMs = 400

/** What the sidecar shows of its policy at `/debug/policy`. */
interface PolicyView {
  readonly digest: string
  /** Why the latest edit was not taken up; empty when it was. */
  readonly refusal: string
}

/** Calls `tell` with one sentence per change. @returns stops the watch. */
export async function watchPolicy(sidecar: Sidecar, tell: (sentence: string) => void): Promise<() => void> {
  let last = await eventually('the policy can be read', () => look(sidecar))
  const timer = setInterval(async () => {
    const now = await look(sidecar)
    if (now === undefined) return
    if (now.digest !== last.digest) {
      tell('the edited policy is live: new requests walk it, running ones finish on theirs')
    }
    if (now.refusal !== last.refusal && now.refusal !== '') {
      tell(`the edit is refused and the old policy works on: ${now.refusal}`)
    }
    last = now
  }, lookEveryMs)
  return () => clearInterval(timer)
}

/** Undefined while the sidecar cannot be asked. */
async function look(sidecar: Sidecar): Promise<PolicyView | undefined> {
  try {
    const answer = await fetch(`${sidecar.adminUrl}/debug/policy`)
    const shown = recordOf(await answer.json())
    const digest = textOf(recordOf(shown['live'])['digest'])
    return digest === undefined ? undefined : { digest, refusal: textOf(shown['refusal']) ?? '' }
  } catch {
    return undefined
  }
}
