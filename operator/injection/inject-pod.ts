// From a pod that is about to be made to what becomes of it. Pure: the same pod gets the same answer, and one that has passed
// before gets what is still missing, which is nothing unless somebody added to it.
import { annotationsFor, annotationsForSkipped } from './annotate.ts'
import { chooseUser } from './choose-user.ts'
import { type ContainerChoice, chooseVariables } from './choose-variables.ts'
import { repositoryOf } from './image-repository.ts'
import type { InjectionSettings } from './injection-settings.ts'
import { isSidecar } from './is-sidecar.ts'
import { appendTo, type JsonPatch, type PatchOperation, pointer, setMembers } from './json-patch.ts'
import type { KubernetesVersion } from './kubernetes-version.ts'
import { labels } from './names.ts'
import { hasUnseenVariables, type PodReading, readPod } from './read-pod.ts'
import { findForgery, findRefusalReason, type RefusalCode } from './refusal-reasons.ts'
import { buildSidecar, buildVolumes } from './sidecar-template.ts'
import { findSkipReason, type SkipCode } from './skip-reasons.ts'
import { fieldsOf } from './untrusted.ts'
import { widenPodResources } from './widen-pod-resources.ts'

export interface InjectionContext {
  readonly settings: InjectionSettings
  readonly kubernetes: KubernetesVersion
  /** Annotation `openshift.io/sa.scc.uid-range` of the namespace; empty: none. */
  readonly openShiftUsers: string
}

export type InjectionDecision =
  /** `AlreadyInjected`: the container was there, and perhaps something that was not is added. */
  | {
      readonly kind: 'injected'
      readonly code: 'injected' | 'AlreadyInjected'
      readonly patch: JsonPatch
      readonly warnings: readonly string[]
    }
  | {
      readonly kind: 'skipped'
      readonly code: SkipCode
      readonly patch: JsonPatch
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }

/** Never throws. */
export function injectPod(pod: unknown, context: InjectionContext): InjectionDecision {
  const reading = readPod(pod)
  const skip = findSkipReason(reading, context.kubernetes)
  if (skip !== undefined) {
    const { code, warning } = skip
    return {
      kind: 'skipped',
      code,
      patch: annotate(pod, annotationsForSkipped(reading, code)),
      warnings: warning === undefined ? [] : [`llm-fallback: not injected (${code}): ${warning}`],
    }
  }
  const { audience, image, operatorUrl } = context.settings
  const custody = { pod, audience, operatorUrl, repository: repositoryOf(image) }
  const hasSidecar = reading.containers.some(isSidecar)
  const reason = hasSidecar ? findForgery(custody) : findRefusalReason(reading, custody)
  if (reason !== undefined) {
    const cure = `To run the pod without the sidecar, label it ${labels.pod}="false".`
    return { kind: 'refused', code: reason.code, message: `${reason.message}. ${cure}` }
  }
  return composeInjection({ pod, reading, context, hasSidecar })
}

interface Injection {
  readonly pod: unknown
  readonly reading: PodReading
  readonly context: InjectionContext
  readonly hasSidecar: boolean
}

function composeInjection({ pod, reading, context, hasSidecar }: Injection): InjectionDecision {
  const { settings, openShiftUsers } = context
  const choices = reading.containers
    .filter(container => !isSidecar(container))
    .map(container => ({ container, choice: chooseVariables(container.fields) }))
  const members = annotationsFor(reading, { choices, version: settings.version })
  const addition = hasSidecar ? [] : addSidecar(reading, settings, chooseUser(reading, openShiftUsers))
  return {
    kind: 'injected',
    code: hasSidecar ? 'AlreadyInjected' : 'injected',
    // The container comes last: the places of the other init containers move when it is put before them.
    patch: [...choices.flatMap(patchVariables), ...annotate(pod, members), ...addition],
    warnings: choices.flatMap(warningsFor),
  }
}

function patchVariables({ container, choice }: ContainerChoice): JsonPatch {
  const path = pointer('spec', container.list, container.index, 'env')
  const changed = choice.changed.map(
    ({ index, value }): PatchOperation => ({ op: 'add', path: `${path}/${index}/value`, value }),
  )
  return [...changed, ...appendTo(path, container.fields['env'], choice.added)]
}

/** In front, so that the init containers of the app can call through it, too. */
function addSidecar({ spec }: PodReading, settings: InjectionSettings, user: number): JsonPatch {
  const sidecar = buildSidecar(settings, user)
  const path = pointer('spec', 'initContainers')
  return [
    ...widenPodResources(spec, settings.resources),
    ...appendTo(pointer('spec', 'volumes'), spec['volumes'], buildVolumes(settings)),
    Array.isArray(spec['initContainers'])
      ? { op: 'add', path: `${path}/0`, value: sidecar }
      : { op: 'add', path, value: [sidecar] },
  ]
}

function annotate(pod: unknown, members: Readonly<Record<string, string>>): JsonPatch {
  const current = fieldsOf(fieldsOf(pod)['metadata'])['annotations']
  return setMembers(pointer('metadata', 'annotations'), current, members)
}

function warningsFor({ container, choice }: ContainerChoice): readonly string[] {
  const { name, fields } = container
  const about = `llm-fallback: container ${name}`
  return [
    ...(choice.exposed.length === 0
      ? []
      : [
          `${about} can read provider keys in ${choice.exposed.join(', ')}; the sidecar does not need them: remove them`,
        ]),
    ...(choice.kept.length === 0
      ? []
      : [`${about} keeps its own ${choice.kept.join(', ')}: calls that follow them pass the sidecar by`]),
    ...(hasUnseenVariables(fields)
      ? [
          `${about} has envFrom, whose content is not seen: addresses of vendors in it give way to the sidecar's`,
        ]
      : []),
  ]
}
