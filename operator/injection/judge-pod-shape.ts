// Whether the keys of providers may be released to the sidecar of this pod: nobody else in the pod may be able to take them, or
// the token by which they are got. Runs for every event of every pod, so the common case, a pod without us, ends early.
import { userOf } from './choose-user.ts'
import { isSidecar } from './is-sidecar.ts'
import { judgeNetwork } from './judge-network.ts'
import { judgeNodeAccess } from './judge-node-access.ts'
import { judgeSidecar } from './judge-sidecar.ts'
import { judgeOwnVolumes, listMountedVolumes } from './judge-volumes.ts'
import { sidecarName, volumes } from './names.ts'
import { type PodReading, readPod } from './read-pod.ts'
import { type ShapeVerdict, sound, unsound } from './shape-verdict.ts'
import { fieldsOf, listOf } from './untrusted.ts'

export interface ShapeRules {
  /** Of the sidecars' tokens. */
  readonly audience: string
  /** What sidecars are told, without a slash at the end. */
  readonly operatorUrl: string
  /** `any`: nobody said which image is ours, so what may be run as the sidecar is not judged. */
  readonly sidecarImage: TrustedImage
}

export type TrustedImage =
  /** Tag and digest are free: sidecars of earlier versions stay supported. */
  { readonly kind: 'known'; readonly repository: string } | { readonly kind: 'any' }

/** Never throws. */
export function judgePodShape(pod: unknown, rules: ShapeRules): ShapeVerdict {
  const reading = readPod(pod)
  const sidecar = reading.containers.find(isSidecar)
  if (sidecar === undefined && rules.sidecarImage.kind === 'known') return missing
  for (const judge of judges) {
    const verdict = judge(reading, rules)
    if (verdict.kind === 'unsound') return verdict
  }
  if (sidecar === undefined || rules.sidecarImage.kind === 'any') return sound
  const { repository } = rules.sidecarImage
  const verdict = judgeSidecar(sidecar, reading, { repository, operatorUrl: rules.operatorUrl })
  return verdict.kind === 'unsound' ? verdict : judgeOwnVolumes(reading.volumes, rules.audience)
}

const judges = [
  judgeProcesses,
  judgeNetwork,
  judgeNodeAccess,
  judgeSecrets,
  judgeDebugging,
  judgeUsers,
] as const

const missing = unsound(
  'SidecarMissing',
  `the pod has no init container ${sidecarName}: create it again in a namespace or with a label that asks for injection`,
)

function judgeProcesses({ spec }: PodReading): ShapeVerdict {
  if (spec['shareProcessNamespace'] === true) {
    return unsound(
      'SharedProcesses',
      'spec.shareProcessNamespace: other containers could read the memory of the sidecar; remove it',
    )
  }
  if (spec['hostPID'] === true) {
    return unsound(
      'HostProcesses',
      'spec.hostPID: the pod could read the memory of every process of the node; remove it',
    )
  }
  return sound
}

/** The token opens the operator's stream; who writes the stored snapshot says where keys are sent. */
export function judgeSecrets(
  { containers, volumes: declared }: PodReading,
  { audience }: Pick<ShapeRules, 'audience'>,
): ShapeVerdict {
  const tokens = new Set<unknown>([volumes.identity])
  for (const volume of declared) {
    const sources = listOf(fieldsOf(volume['projected'])['sources'])
    const isOurs = sources.some(
      source => fieldsOf(fieldsOf(source)['serviceAccountToken'])['audience'] === audience,
    )
    if (isOurs) tokens.add(volume['name'])
  }
  for (const container of containers) {
    if (isSidecar(container)) continue
    const mounted = listMountedVolumes(container.fields)
    if (mounted.some(name => tokens.has(name))) {
      return unsound(
        'TokenShared',
        `container ${container.name} mounts a token for ${audience}, which is the sidecar's alone; remove the mount`,
      )
    }
    if (mounted.includes(volumes.state)) {
      return unsound(
        'StateShared',
        `container ${container.name} mounts ${volumes.state}, which is the sidecar's alone; remove the mount`,
      )
    }
  }
  return sound
}

function judgeDebugging({ containers }: PodReading): ShapeVerdict {
  const intruder = containers.find(
    ({ list, fields }) => list === 'ephemeralContainers' && fields['targetContainerName'] === sidecarName,
  )
  if (intruder === undefined) return sound
  return unsound(
    'SidecarDebugged',
    `ephemeral container ${intruder.name} shares the processes of the sidecar; replace the pod`,
  )
}

function judgeUsers({ containers, spec }: PodReading): ShapeVerdict {
  const sidecar = containers.find(isSidecar)
  const user = sidecar === undefined ? undefined : userOf(sidecar.fields)
  if (user === undefined) return sound
  const other = containers.find(
    container => !isSidecar(container) && (userOf(container.fields) ?? userOf(spec)) === user,
  )
  if (other === undefined) return sound
  return unsound(
    'SameUser',
    `container ${other.name} runs as user ${String(user)}, like the sidecar; give it another user`,
  )
}
