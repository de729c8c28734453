// The objects that tests need around ours: namespaces, ServiceAccounts, and pods that exist as objects only.
import { recordOf, textOf } from '../simulated-vendors/json.ts'
import type { ApiClient } from './api-client.ts'

type Labels = Readonly<Record<string, string>>

export interface PodSpec {
  readonly namespace: string
  readonly name: string
  readonly labels?: Labels
  readonly annotations?: Labels
  /** Absent: `default`. */
  readonly serviceAccount?: string
  /** The node it is bound to; absent: none, as before it was scheduled. */
  readonly node?: string
  /** `present` (default): with the container `llm-fallback`, as after an injection. */
  readonly sidecar?: 'present' | 'absent'
}

export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly serviceAccount: string
}

export interface ClusterObjects {
  /** With its ServiceAccount `default`, which pods need. */
  createNamespace(name: string, labels?: Labels): Promise<void>
  createServiceAccount(namespace: string, name: string): Promise<void>
  createPod(spec: PodSpec): Promise<Pod>
  /** Says of the pod what a kubelet would say once all its containers are ready. */
  setPodRunning(pod: Pod): Promise<void>
  /** Says that the pod has come to its end and stays as an object. */
  setPodFinished(pod: Pod, phase: 'Succeeded' | 'Failed'): Promise<void>
  /** At once, without a grace period. */
  deletePod(pod: Pick<Pod, 'namespace' | 'name'>): Promise<void>
}

/** Never pulled: no node runs these pods. */
const image = 'registry.invalid/none:1'

/** @param defaultAccounts who makes the `default` ServiceAccounts: this, or the controller manager that runs. */
export function createClusterObjects(api: ApiClient, defaultAccounts: 'ours' | 'awaited'): ClusterObjects {
  const createServiceAccount: ClusterObjects['createServiceAccount'] = async (namespace, name) => {
    await api.expect('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } })
  }
  return {
    createServiceAccount,
    async createNamespace(name, labels = {}) {
      await api.expect('POST', '/api/v1/namespaces', { metadata: { name, labels } })
      if (defaultAccounts === 'ours') await createServiceAccount(name, 'default')
    },
    async createPod(spec) {
      const created = await api.expect('POST', `/api/v1/namespaces/${spec.namespace}/pods`, podObject(spec))
      const uid = textOf(recordOf(created['metadata'])['uid']) ?? ''
      const { namespace, name, serviceAccount = 'default' } = spec
      return { namespace, name, uid, serviceAccount }
    },
    async setPodRunning(pod) {
      const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(type => ({
        type,
        status: 'True',
        lastTransitionTime: new Date().toISOString(),
      }))
      await api.expect('PATCH', `${pathOf(pod)}/status`, { status: { phase: 'Running', conditions } })
    },
    async setPodFinished(pod, phase) {
      await api.expect('PATCH', `${pathOf(pod)}/status`, { status: { phase } })
    },
    async deletePod(pod) {
      await api.expect('DELETE', pathOf(pod), { gracePeriodSeconds: 0 })
    },
  }
}

function pathOf({ namespace, name }: Pick<Pod, 'namespace' | 'name'>): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`
}

function podObject(spec: PodSpec): object {
  const sidecar = { name: 'llm-fallback', image, restartPolicy: 'Always' }
  return {
    metadata: { name: spec.name, labels: spec.labels ?? {}, annotations: spec.annotations ?? {} },
    spec: {
      serviceAccountName: spec.serviceAccount ?? 'default',
      ...(spec.node === undefined ? {} : { nodeName: spec.node }),
      ...(spec.sidecar === 'absent' ? {} : { initContainers: [sidecar] }),
      containers: [{ name: 'app', image }],
    },
  }
}
