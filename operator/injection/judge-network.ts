// Who answers under the operator's name, and who else is at the sidecar's loopback address. Whoever can also write the ConfigMap
// with the authority could pose as the operator, be shown the token and fetch the keys with it. Name servers and search domains
// are not judged, since clusters have reasons of their own for them: against those stands the authority alone.
import type { PodReading } from './read-pod.ts'
import { type ShapeVerdict, sound, unsound } from './shape-verdict.ts'
import { fieldsOf, listOf, textOf } from './untrusted.ts'

/** @param operatorUrl what sidecars are told. */
export function judgeNetwork(
  { spec }: PodReading,
  { operatorUrl }: { readonly operatorUrl: string },
): ShapeVerdict {
  if (spec['hostNetwork'] === true) {
    return unsound(
      'HostNetwork',
      'spec.hostNetwork: everything on the node could call providers by this sidecar; remove it',
    )
  }
  const aliases = listOf(spec['hostAliases'])
  if (aliases.length === 0) return sound
  const operator = hostOf(operatorUrl)
  const names = aliases.flatMap(alias => listOf(fieldsOf(alias)['hostnames']).map(textOf))
  const found = names.find(name => withoutDot(name) === operator)
  if (found === undefined) return sound
  return unsound(
    'OperatorRedirected',
    `spec.hostAliases: ${found} is the operator, whose address is not for the pod to say; remove it`,
  )
}

function hostOf(url: string): string {
  return URL.canParse(url) ? withoutDot(new URL(url).hostname) : ''
}

function withoutDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
