// Whether the container `llm-fallback` is what this operator, or an earlier version of it, injects: the same program, told the
// same things. What other webhooks add to every container (variables that the sidecar does not read, tokens of clouds) is allowed.
import { repositoryOf } from './image-repository.ts'
import { paths, sidecarName, volumes } from './names.ts'
import { type ContainerReading, type PodReading, readVariables, textAt } from './read-pod.ts'
import { type ShapeVerdict, sound, unsound } from './shape-verdict.ts'
import { fixedVariables, freeVariables, podFields } from './sidecar-template.ts'
import { type Fields, fieldsOf, listOf, textOf } from './untrusted.ts'

export function judgeSidecar(
  { fields }: ContainerReading,
  { spec }: PodReading,
  repository: string,
): ShapeVerdict {
  if (repositoryOf(textAt(fields, 'image')) !== repository) {
    return unsound('SidecarImage', `container ${sidecarName} runs another image than ${repository}`)
  }
  const verdicts = [judgeProgram(fields), judgeVariables(fields), judgeMounts(fields)]
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
  if (container['restartPolicy'] !== 'Always') {
    return unsound('SidecarProgram', `container ${sidecarName} has no restartPolicy Always`)
  }
  return sound
}

/** What changes how Node, its loader or its TLS works. */
const interpreterVariables = /^(NODE_|LD_|SSL_|OPENSSL_|UV_|GLIBC_|MALLOC_)/

function judgeVariables(container: Fields): ShapeVerdict {
  const strange = listOf(container['env']).map(fieldsOf).find(isStrange)
  if (strange !== undefined) {
    const name = textAt(strange, 'name')
    return unsound(
      'SidecarVariables',
      `container ${sidecarName} has the variable ${name} otherwise than injected`,
    )
  }
  const names = new Set(readVariables(container).map(({ name }) => name))
  const missing = Object.keys(fixedVariables).find(name => !names.has(name))
  if (missing === undefined) return sound
  return unsound('SidecarVariables', `container ${sidecarName} lacks the variable ${missing}`)
}

function isStrange(variable: Fields): boolean {
  const name = textAt(variable, 'name')
  if (!name.startsWith('LLM_FALLBACK_')) return interpreterVariables.test(name)
  if (Object.hasOwn(podFields, name)) {
    const { fieldRef } = fieldsOf(variable['valueFrom'])
    return fieldsOf(fieldRef)['fieldPath'] !== podFields[name]
  }
  if (variable['valueFrom'] !== undefined && variable['valueFrom'] !== null) return true
  if (freeVariables.includes(name)) return false
  return !Object.hasOwn(fixedVariables, name) || variable['value'] !== fixedVariables[name]
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
    return ownMounts.get(path) !== mount['name'] || textOf(mount['subPath']) !== ''
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
