// What a token says of itself, before anybody has vouched for it: only good for deciding whose turn it is. Nothing is granted
// by it; a token that is not of the right shape need not be reviewed at all.
import { Buffer } from 'node:buffer'

export interface ClaimedPod {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
}

/** Undefined for a token that no API server made for a pod. */
export function readClaimedPod(token: string): ClaimedPod | undefined {
  const [, payload = '', signature = '', more] = token.split('.')
  if (signature === '' || more !== undefined) return undefined
  const kubernetes = memberOf(parse(payload), 'kubernetes.io')
  const namespace = memberOf(kubernetes, 'namespace')
  const pod = memberOf(memberOf(kubernetes, 'pod'), 'name')
  const uid = memberOf(memberOf(kubernetes, 'pod'), 'uid')
  if (typeof namespace !== 'string' || typeof pod !== 'string' || typeof uid !== 'string') return undefined
  return { namespace, pod, uid }
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
