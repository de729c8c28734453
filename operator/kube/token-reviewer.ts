// Whose projected token is this? The API server answers; what it leaves to us is checked here.
import type { Clock, TokenReviewer, TokenVerdict } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { ApiError, reasonOf } from './api-error.ts'
import { fieldsOf, listOf, textOf } from './untrusted.ts'

const longestToken = 16 * 1024
const podNameExtra = 'authentication.kubernetes.io/pod-name'
const podUidExtra = 'authentication.kubernetes.io/pod-uid'
const serviceAccountName = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/

export interface TokenReviewOptions {
  readonly client: ApiClient
  readonly clock: Clock
  /** That the token must have been made for. */
  readonly audience: string
}

export function createTokenReviewer({ client, clock, audience }: TokenReviewOptions): TokenReviewer {
  const ask = (token: string) =>
    client.send({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token, audiences: [audience] },
      },
      timeoutMs: 10_000,
    })
  return {
    async review(token) {
      const expiresAt = expiryOf(token)
      if (expiresAt === undefined) return refused('the token is no JSON web token with an expiry')
      // The API server remembers successes for some seconds, also beyond the expiry.
      if (expiresAt <= clock.wallTime()) return refused('the token has expired')
      try {
        return judge(await askTwice(() => ask(token)), audience, expiresAt)
      } catch (error) {
        return { kind: 'unavailable', reason: reasonOf(error) }
      }
    },
  }
}

/** A kept connection may turn out to be closed just as it is used; a review changes nothing, so it can be asked again. */
async function askTwice(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Unreachable') return ask()
    throw error
  }
}

function judge(review: unknown, audience: string, expiresAt: number): TokenVerdict {
  const status = fieldsOf(fieldsOf(review)['status'])
  if (status['authenticated'] !== true) {
    return refused(
      'the API server does not accept the token: forged, expired, for another audience or of a deleted pod',
    )
  }
  // A server that knows no audiences leaves the list out, and may then have accepted any token.
  if (!listOf(status['audiences']).includes(audience)) return refused('the token is for another audience')
  const user = fieldsOf(status['user'])
  const [, namespace, serviceAccount] = serviceAccountName.exec(textOf(user['username'])) ?? []
  if (namespace === undefined || serviceAccount === undefined)
    return refused('the token is of no ServiceAccount')
  const extra = fieldsOf(user['extra'])
  const pod = onlyText(extra[podNameExtra])
  const podUid = onlyText(extra[podUidExtra])
  if (pod === undefined || podUid === undefined) return refused('the token is not bound to a pod')
  return { kind: 'authenticated', namespace, serviceAccount, pod, podUid, expiresAt }
}

function onlyText(value: unknown): string | undefined {
  const [first, ...others] = listOf(value)
  return typeof first === 'string' && first !== '' && others.length === 0 ? first : undefined
}

function refused(reason: string): TokenVerdict {
  return { kind: 'refused', reason }
}

/** Milliseconds since 1970. Read unverified: it counts only once the API server has vouched for the token. */
function expiryOf(token: string): number | undefined {
  if (token.length > longestToken) return undefined
  const [header, payload, signature, ...others] = token.split('.')
  if (!header || !payload || !signature || others.length > 0) return undefined
  try {
    const { exp } = fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined
  } catch {
    // Whoever sent this gets no hint about how it was read.
    return undefined
  }
}
