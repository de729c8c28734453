// The volumes of the sidecar: they have to hold what the kubelet puts there, not what somebody else wrote.
import { authority, volumes } from './names.ts'
import { type ShapeVerdict, sound, unsound } from './shape-verdict.ts'
import { tokenSeconds } from './sidecar-template.ts'
import { type Fields, fieldsOf, listOf, textOf } from './untrusted.ts'

/** Names, in the order of the mounts. */
export function listMountedVolumes(container: Fields): readonly string[] {
  return listOf(container['volumeMounts']).map(mount => textOf(fieldsOf(mount)['name']))
}

export function judgeOwnVolumes(declared: readonly Fields[], audience: string): ShapeVerdict {
  const named = new Map(declared.map(volume => [volume['name'], volume]))
  if (!isIdentity(named.get(volumes.identity), audience)) {
    return unsound(
      'SidecarMounts',
      `volume ${volumes.identity} holds something else than the token and the ConfigMap ${authority.configMap}; replace the pod`,
    )
  }
  if (fieldsOf(fieldsOf(named.get(volumes.state))['emptyDir'])['medium'] !== 'Memory') {
    return unsound('SidecarMounts', `volume ${volumes.state} is no emptyDir in memory; replace the pod`)
  }
  return sound
}

function isIdentity(volume: Fields | undefined, audience: string): boolean {
  const sources = listOf(fieldsOf(volume?.['projected'])['sources']).map(fieldsOf)
  const [token, bundle] = sources
  return sources.length === 2 && isToken(fieldsOf(token), audience) && isBundle(fieldsOf(bundle))
}

function isToken({ serviceAccountToken }: Fields, audience: string): boolean {
  const token = fieldsOf(serviceAccountToken)
  const { expirationSeconds: seconds } = token
  return token['audience'] === audience && typeof seconds === 'number' && seconds <= tokenSeconds
}

/** Of the ConfigMap the operator keeps one key; others can be added to it by whoever may write in the namespace. */
function isBundle({ configMap }: Fields): boolean {
  const { name, items } = fieldsOf(configMap)
  const [item, ...more] = listOf(items)
  return name === authority.configMap && fieldsOf(item)['key'] === authority.key && more.length === 0
}
