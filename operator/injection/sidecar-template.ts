// The container and the volumes that a pod is given.
import type { InjectionSettings } from './injection-settings.ts'
import { authority, paths, ports, sidecarName, volumes } from './names.ts'
import type { Fields } from './untrusted.ts'

/** What connects the sidecar to its operator. The values matter: whoever changes them speaks to somebody else. */
export const fixedVariables: Readonly<Record<string, string>> = {
  LLM_FALLBACK_OPERATOR_CA_FILE: `${paths.identity}/ca.crt`,
  LLM_FALLBACK_OPERATOR_TOKEN_FILE: `${paths.identity}/token`,
  LLM_FALLBACK_STATE_DIR: paths.state,
  // Probes come to the pod's address; since Kubernetes 1.34 they may not name another.
  LLM_FALLBACK_ADMIN_LISTEN: `0.0.0.0:${ports.admin}`,
}

export const podFields: Readonly<Record<string, string>> = {
  LLM_FALLBACK_NAMESPACE: 'metadata.namespace',
  LLM_FALLBACK_POD_NAME: 'metadata.name',
  LLM_FALLBACK_POD_UID: 'metadata.uid',
}

/** Whom the sidecar shows its token. */
export const operatorVariable = 'LLM_FALLBACK_OPERATOR_URL'

/** Their values differ between versions, and lead no key astray: neither a log nor an audit ever holds one. */
export const freeVariables: readonly string[] = ['LLM_FALLBACK_LOG_LEVEL', 'LLM_FALLBACK_AUDIT']

/** What a token that was stolen after all is good for, at most. */
export const tokenSeconds = 3600

/** A native sidecar: it starts before everything else, ends after it, and no Job waits for it. */
export function buildSidecar(settings: InjectionSettings, user: number): Fields {
  return {
    name: sidecarName,
    image: settings.image,
    imagePullPolicy: settings.pullPolicy,
    restartPolicy: 'Always',
    env: variablesFor(settings),
    ports: [{ name: 'llm-fallback', containerPort: ports.admin, protocol: 'TCP' }],
    // Without a policy no app: it waits as long as this may take. Nothing drains before its end either: the last streams of the
    // app go through it.
    startupProbe: {
      httpGet: { path: '/readyz', port: ports.admin },
      periodSeconds: 1,
      timeoutSeconds: 1,
      failureThreshold: 300,
    },
    livenessProbe: {
      httpGet: { path: '/livez', port: ports.admin },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    resources: settings.resources,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: volumes.identity, mountPath: paths.identity, readOnly: true },
      { name: volumes.state, mountPath: paths.state },
    ],
  }
}

function variablesFor({ operatorUrl, logLevel, audit }: InjectionSettings): readonly Fields[] {
  return [
    { name: operatorVariable, value: operatorUrl },
    ...Object.entries(fixedVariables).map(([name, value]) => ({ name, value })),
    ...Object.entries(podFields).map(([name, fieldPath]) => ({
      name,
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
    })),
    ...(logLevel === undefined ? [] : [{ name: 'LLM_FALLBACK_LOG_LEVEL', value: logLevel }]),
    ...(audit === undefined ? [] : [{ name: 'LLM_FALLBACK_AUDIT', value: audit }]),
  ]
}

export function buildVolumes({ audience }: Pick<InjectionSettings, 'audience'>): readonly Fields[] {
  return [
    {
      name: volumes.identity,
      projected: {
        sources: [
          { serviceAccountToken: { audience, expirationSeconds: tokenSeconds, path: 'token' } },
          {
            configMap: {
              name: authority.configMap,
              items: [{ key: authority.key, path: 'ca.crt' }],
            },
          },
        ],
      },
    },
    // Memory: the snapshot is never on the node's disk.
    { name: volumes.state, emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
  ]
}
