// The real sidecar of one pod: the pod is an object of the cluster, the sidecar a process with the files a kubelet would mount.
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { recordOf, textOf } from '../simulated-vendors/json.ts'
import { type Sidecar, type SidecarOptions, startSidecar } from '../start-sidecar.ts'
import { operatorNamespace } from './operator-service.ts'
import type { Cluster, Pod } from './start-cluster.ts'

const audience = 'llm-fallback'
const caWithinMs = 20_000

export interface PodSidecarOptions
  extends Pick<SidecarOptions, 'environment' | 'waitFor' | 'onOutput' | 'entry'> {
  readonly pod: Pod
  /** The operator's address. */
  readonly pushUrl: string
}

export interface PodSidecar extends Sidecar {
  readonly pod: Pod
  /** Takes the operator's CA from its ConfigMap again, as a kubelet does after a rotation. */
  renewCa(): Promise<void>
  /** Puts a token in place, a fresh one of this pod unless told otherwise. */
  renewToken(token?: string): Promise<void>
}

export async function startPodSidecar(cluster: Cluster, options: PodSidecarOptions): Promise<PodSidecar> {
  const { pod } = options
  const folder = join(cluster.folder, 'pods', pod.uid)
  await mkdir(join(folder, 'state'), { recursive: true, mode: 0o700 })
  const account = { namespace: pod.namespace, name: pod.serviceAccount }
  const renewCa = async () => writeWhole(join(folder, 'ca.crt'), await readOperatorCa(cluster))
  const renewToken = async (token?: string) => {
    const fresh = token ?? (await cluster.tokenFor(account, { audience, pod, seconds: 3_600 }))
    await writeWhole(join(folder, 'token'), fresh)
  }
  await renewCa()
  await renewToken()
  const { environment, waitFor, onOutput, entry } = options
  const sidecar = await startSidecar({
    ...(waitFor === undefined ? {} : { waitFor }),
    ...(onOutput === undefined ? {} : { onOutput }),
    ...(entry === undefined ? {} : { entry }),
    environment: {
      LLM_FALLBACK_OPERATOR_URL: options.pushUrl,
      LLM_FALLBACK_OPERATOR_CA_FILE: join(folder, 'ca.crt'),
      LLM_FALLBACK_OPERATOR_TOKEN_FILE: join(folder, 'token'),
      LLM_FALLBACK_STATE_DIR: join(folder, 'state'),
      LLM_FALLBACK_NAMESPACE: pod.namespace,
      LLM_FALLBACK_POD_NAME: pod.name,
      LLM_FALLBACK_POD_UID: pod.uid,
      ...environment,
    },
  })
  cluster.adopt(sidecar)
  return { ...sidecar, pod, renewCa, renewToken }
}

/** Waits for the leader to have made it. */
async function readOperatorCa(cluster: Cluster): Promise<string> {
  const path = `/api/v1/namespaces/${operatorNamespace}/configmaps/llm-fallback-ca`
  const look = async () => {
    const { body } = await cluster.adminRequest('GET', path)
    return textOf(recordOf(body['data'])['ca.crt'])
  }
  return eventually('the operator has published its CA', look, caWithinMs)
}

/** Never half a file: readers see the old or the new one. */
async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
