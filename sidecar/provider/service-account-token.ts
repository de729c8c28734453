// Who writes a policy is not always who owns the pod. A policy that names a token of the pod as the key of a provider would have it
// sent wherever the policy says: the sidecar's own opens the stream on which the keys of all providers come.

/**
 * Whether Kubernetes made it for a ServiceAccount, as far as it says itself: nothing is verified. Told by what it is, not by where it
 * lies: a path can be spelled in many ways.
 */
export function isServiceAccountToken(text: string): boolean {
  const [, payload = '', signature = '', more] = text.split('.')
  if (signature === '' || more !== undefined) return false
  const claims = parse(payload)
  if (typeof claims !== 'object' || claims === null) return false
  // Tokens of Secrets, from before there were others, have several claims that begin so.
  return Object.keys(claims).some(name => name === 'kubernetes.io' || name.startsWith('kubernetes.io/'))
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
