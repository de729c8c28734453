// An injected pod, and what somebody might make of it.

import { repositoryOf } from '../../operator/injection/image-repository.ts'
import { injectPod } from '../../operator/injection/inject-pod.ts'
import { judgePodShape, type ShapeRules } from '../../operator/injection/judge-pod-shape.ts'
import { applyPatch, injectionContext, injectionSettings, samplePod } from './injection-kit.ts'
import { recordOf, recordsOf } from './simulated-vendors/json.ts'

type Fields = Readonly<Record<string, unknown>>

export const repository = repositoryOf(injectionSettings.image)
export const { audience, operatorUrl } = injectionSettings
export const strict: ShapeRules = { audience, operatorUrl, sidecarImage: { kind: 'known', repository } }
export const lenient: ShapeRules = { audience, operatorUrl, sidecarImage: { kind: 'any' } }

const decision = injectPod(samplePod(), injectionContext)
export const injected = recordOf(decision.kind === 'refused' ? {} : applyPatch(samplePod(), decision.patch))
export const spec = recordOf(injected['spec'])
export const [sidecar = {}] = recordsOf(spec['initContainers'])

export const withSpec = (more: Fields) => ({ ...injected, spec: { ...spec, ...more } })
export const withSidecar = (more: Fields) => withSpec({ initContainers: [{ ...sidecar, ...more }] })
export const withVariable = (variable: Fields) =>
  withSidecar({
    env: [...recordsOf(sidecar['env']).filter(({ name }) => name !== variable['name']), variable],
  })
export const withMount = (mount: Fields) =>
  withSidecar({ volumeMounts: [...recordsOf(sidecar['volumeMounts']), mount] })
export const withPrivilege = (privilege: Fields) =>
  withSidecar({ securityContext: { ...recordOf(sidecar['securityContext']), ...privilege } })
export const thief = (name: string) => ({ name: 'thief', volumeMounts: [{ name, mountPath: '/x' }] })
export const foreignToken = {
  name: 'mine',
  projected: { sources: [{ serviceAccountToken: { audience: 'llm-fallback', path: 't' } }] },
}

export const withAlias = (name: string) =>
  withSpec({ hostAliases: [{ ip: '10.0.0.1', hostnames: ['web', name] }] })
export const withApp = (more: Fields) => withSpec({ containers: [{ name: 'app', image: 'app:1', ...more }] })
export const withHostPath = (path: string) =>
  withSpec({
    volumes: [...recordsOf(spec['volumes']), { name: 'host', hostPath: { path } }],
    containers: [thief('host')],
  })
export const withIdentity = (token: Fields, configMap: Fields) =>
  withSpec({
    volumes: recordsOf(spec['volumes']).map(volume =>
      volume['name'] === 'llm-fallback-identity'
        ? {
            ...volume,
            projected: {
              sources: [
                { serviceAccountToken: { audience, expirationSeconds: 3600, path: 'token', ...token } },
                {
                  configMap: {
                    name: 'llm-fallback-ca',
                    items: [{ key: 'ca.crt', path: 'ca.crt' }],
                    ...configMap,
                  },
                },
              ],
            },
          }
        : volume,
    ),
  })

/** `sound`, or what is wrong. */
export function codeOf(pod: unknown, rules: ShapeRules): string {
  const verdict = judgePodShape(pod, rules)
  return verdict.kind === 'sound' ? 'sound' : verdict.code
}
