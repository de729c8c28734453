// Whether the container `llm-fallback` is what this operator, or an earlier version of it, injects: the same program, told the
// same things. What other webhooks add to every container (variables that the sidecar does not read, tokens of clouds) is allowed.
import { repositoryOf } from './image-repository.ts'
import { paths, sidecarName, volumes } from './names.ts'
import { type ContainerReading, type PodReading, readVariables, textAt } from './read-pod.ts'
import { type ShapeVerdict, sound, unsound } from './shape-verdict.ts'
import { fixedVariables, freeVariables, operatorVariable, podFields } from './sidecar-template.ts'
import { type Fields, fieldsOf, listOf } from './untrusted.ts'

export interface SidecarRules {
  /** Of its image. */
  readonly repository: string
  /** What it is told, without a slash at the end. */
  readonly operatorUrl: string
}

export function judgeSidecar(
  { fields }: ContainerReading,
  { spec }: PodReading,
  { repository, operatorUrl }: SidecarRules,
): ShapeVerdict {
  if (repositoryOf(textAt(fields, 'image')) !== repository) {
    return unsound('SidecarImage', `container ${sidecarName} runs another image than ${repository}`)
  }
  const verdicts = [judgeProgram(fields), judgeVariables(fields, operatorUrl), judgeMounts(fields)]
  return (
    verdicts.find(({ kind }) => kind === 'unsound') ??
    judgePrivileges(fieldsOf(fields['securityContext']), fieldsOf(spec['securityContext']))
  )
}

/** Each of them runs something else than the image does by itself. */
const programFields = ['command', 'args', 'lifecycle', 'envFrom', 'volumeDevices', 'workingDir']
const probes = ['startupProbe', 'livenessProbe', 'readinessProbe']

function judgeProgram(container: Fields): ShapeVerdict {
  const set = programFields.find(name => container[name] !== undefined && container[name] !== null)
  const probe = probes.find(name => fieldsOf(container[name])['exec'] !== undefined)
  const found = set ?? (probe === undefined ? undefined : `${probe}.exec`)
  if (found !== undefined) {
    return unsound('SidecarProgram', `container ${sidecarName} has ${found}, which is not injected`)
  }
  // The kubelet lays a file over this path, whatever is there.
  const message = textAt(container, 'terminationMessagePath')
  if (message !== '' && message !== '/dev/termination-log') {
    return unsound('SidecarProgram', `container ${sidecarName} has a terminationMessagePath of its own`)
  }
  if (container['restartPolicy'] !== 'Always') {
    return unsound('SidecarProgram', `container ${sidecarName} has no restartPolicy Always`)
  }
  return sound
}

/** What changes how Node, its loader or its TLS works, or how it finds an address. */
const interpreterVariables =
  /^(NODE_|LD_|SSL_|OPENSSL_|UV_|GLIBC_|MALLOC_|(GCONV_PATH|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS)$)/

function judgeVariables(container: Fields, operatorUrl: string): ShapeVerdict {
  const values = new Map([...Object.entries(fixedVariables), [operatorVariable, operatorUrl]])
  const strange = listOf(container['env'])
    .map(fieldsOf)
    .find(variable => isStrange(variable, values))
  if (strange !== undefined) {
    const name = textAt(strange, 'name')
    return unsound(
      'SidecarVariables',
      `container ${sidecarName} has the variable ${name} otherwise than injected`,
    )
  }
  const names = new Set(readVariables(container).map(({ name }) => name))
  const missing = [...values.keys()].find(name => !names.has(name))
  if (missing === undefined) return sound
  return unsound('SidecarVariables', `container ${sidecarName} lacks the variable ${missing}`)
}

function isStrange(variable: Fields, values: ReadonlyMap<string, string>): boolean {
  const name = textAt(variable, 'name')
  if (!name.startsWith('LLM_FALLBACK_')) return interpreterVariables.test(name)
  if (Object.hasOwn(podFields, name)) {
    const { fieldRef } = fieldsOf(variable['valueFrom'])
    return fieldsOf(fieldRef)['fieldPath'] !== podFields[name]
  }
  if (variable['valueFrom'] !== undefined && variable['valueFrom'] !== null) return true
  if (freeVariables.includes(name)) return false
  return !values.has(name) || variable['value'] !== values.get(name)
}

/** Where Kubernetes and clouds put tokens: no program and nothing that the sidecar was told to read. */
const tokenFolder = '/var/run/secrets/'
const ownMounts = new Map<string, string>([
  [paths.identity, volumes.identity],
  [paths.state, volumes.state],
])

function judgeMounts(container: Fields): ShapeVerdict {
  const mounts = listOf(container['volumeMounts']).map(fieldsOf)
  const strange = mounts.find(mount => {
    const path = textAt(mount, 'mountPath')
    if (path.startsWith(tokenFolder) && !path.includes('..')) return false
    const isPart = textAt(mount, 'subPath') !== '' || textAt(mount, 'subPathExpr') !== ''
    return ownMounts.get(path) !== mount['name'] || isPart
  })
  if (strange !== undefined) {
    const path = textAt(strange, 'mountPath')
    return unsound('SidecarMounts', `container ${sidecarName} mounts ${path}, which is not injected`)
  }
  const mounted = new Set(mounts.map(mount => mount['mountPath']))
  const missing = [...ownMounts.keys()].find(path => !mounted.has(path))
  if (missing === undefined) return sound
  return unsound('SidecarMounts', `container ${sidecarName} does not mount ${missing}`)
}

function judgePrivileges(own: Fields, pod: Fields): ShapeVerdict {
  const capabilities = fieldsOf(own['capabilities'])
  const problems: readonly (readonly [string, boolean])[] = [
    ['privileged', own['privileged'] === true],
    ['allowPrivilegeEscalation', own['allowPrivilegeEscalation'] !== false],
    ['runAsNonRoot', (own['runAsNonRoot'] ?? pod['runAsNonRoot']) !== true],
    // Without one it is the user of the image, which the app's image may have as well.
    ['runAsUser', typeof own['runAsUser'] !== 'number'],
    ['readOnlyRootFilesystem', own['readOnlyRootFilesystem'] !== true],
    ['capabilities.add', listOf(capabilities['add']).length > 0],
    ['capabilities.drop', !listOf(capabilities['drop']).includes('ALL')],
  ]
  const found = problems.find(([, isWeaker]) => isWeaker)
  if (found === undefined) return sound
  return unsound(
    'SidecarPrivileges',
    `container ${sidecarName} has a weaker securityContext than injected: ${found[0]}`,
  )
}
