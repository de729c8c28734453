// Another mutating webhook of the same cluster, which is asked after ours: a mesh that adds a container to every pod.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { createAuthority } from '../../operator/certificates/authority.ts'
import { issueLeaf } from '../../operator/certificates/issue-leaf.ts'
import type { Cluster } from '../support/cluster/start-cluster.ts'
import { parseRecord, recordOf } from '../support/simulated-vendors/json.ts'

const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'

export interface Neighbour {
  stop(): Promise<void>
}

/** What it does to pods of namespaces with the label `mesh: on`. */
export interface Habit {
  isDone(pod: unknown): boolean
  readonly patch: readonly object[]
}

/** A container and an annotation. */
const mesh: Habit = {
  isDone: pod => JSON.stringify(pod).includes('"mesh:1"'),
  patch: [
    { op: 'add', path: '/spec/containers/0', value: { name: 'mesh', image: 'mesh:1' } },
    { op: 'add', path: '/metadata/annotations/mesh.example~1added', value: 'yes' },
  ],
}

export async function startNeighbour(cluster: Cluster, habit: Habit = mesh): Promise<Neighbour> {
  const authority = await createAuthority(Date.now())
  const { cert, key } = await issueLeaf(authority, { hosts: ['127.0.0.1'], now: Date.now() })
  const server = createServer({ cert, key }, (request, response) => {
    void text(request).then(body => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(answer(parseRecord(body), habit)))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await cluster.adminExpect('POST', path, configuration(port, authority.certificate))
  return {
    async stop() {
      await cluster.adminExpect('DELETE', `${path}/neighbour`)
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function configuration(port: number, bundle: string): object {
  return {
    // Webhooks are asked in the order of these names.
    metadata: { name: 'neighbour' },
    webhooks: [
      {
        name: 'mesh.neighbour.example',
        clientConfig: {
          url: `https://127.0.0.1:${port}`,
          caBundle: Buffer.from(bundle).toString('base64'),
        },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        namespaceSelector: { matchLabels: { mesh: 'on' } },
        sideEffects: 'None',
        reinvocationPolicy: 'IfNeeded',
        admissionReviewVersions: ['v1'],
      },
    ],
  }
}

function answer(review: unknown, { isDone, patch }: Habit): object {
  const { request } = recordOf(review)
  const { uid, object } = recordOf(request)
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(!isDone(object) && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      }),
    },
  }
}
