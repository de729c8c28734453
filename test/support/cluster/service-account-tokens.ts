// Tokens of ServiceAccounts: asked from the API server as a kubelet does, or signed here where the API server would not give one.
import { randomUUID, sign } from 'node:crypto'
import { recordOf, textOf } from '../simulated-vendors/json.ts'
import type { ApiClient } from './api-client.ts'
import type { ClusterCertificates } from './cluster-certificates.ts'

/** The API server gives no token for less. */
const shortestByRequestSeconds = 600
const issuer = 'https://kubernetes.default.svc'

export interface ServiceAccountId {
  readonly namespace: string
  readonly name: string
}

export interface TokenWish {
  /** Absent: the API server's own audience. */
  readonly audience?: string
  /** Binds the token to this pod. */
  readonly pod?: { readonly name: string; readonly uid: string }
  /** Seconds to live, 600 when absent. Shorter ones, negative too, are signed with the cluster's key. */
  readonly seconds?: number
}

/** Through TokenRequest, so that ServiceAccount and pod must exist. */
export async function requestToken(
  api: ApiClient,
  account: ServiceAccountId,
  wish: TokenWish,
): Promise<string> {
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`
  const answer = await api.expect('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {
      ...(wish.audience === undefined ? {} : { audiences: [wish.audience] }),
      expirationSeconds: wish.seconds ?? shortestByRequestSeconds,
      ...(wish.pod === undefined ? {} : { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', ...wish.pod } }),
    },
  })
  const token = textOf(recordOf(answer['status'])['token'])
  if (token === undefined) throw new Error(`POST ${path} was answered without a token`)
  return token
}

export function mustBeSigned({ seconds }: TokenWish): boolean {
  return seconds !== undefined && seconds < shortestByRequestSeconds
}

/** The same token as the API server would give, with whatever life is wished. */
export async function signToken(
  cluster: { readonly api: ApiClient; readonly certificates: ClusterCertificates },
  account: ServiceAccountId,
  wish: TokenWish,
): Promise<string> {
  const { namespace, name } = account
  const object = await cluster.api.expect('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`)
  const uid = textOf(recordOf(object['metadata'])['uid'])
  const now = Math.floor(Date.now() / 1000)
  const seconds = wish.seconds ?? shortestByRequestSeconds
  const claims = {
    iss: issuer,
    aud: [wish.audience ?? issuer],
    sub: `system:serviceaccount:${namespace}:${name}`,
    iat: now + Math.min(0, seconds),
    nbf: now + Math.min(0, seconds),
    exp: now + seconds,
    jti: randomUUID(),
    'kubernetes.io': {
      namespace,
      serviceaccount: { name, uid },
      ...(wish.pod === undefined ? {} : { pod: wish.pod }),
    },
  }
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'ES256', typ: 'JWT' })}.${encode(claims)}`
  const key = { key: cluster.certificates.tokenKey, dsaEncoding: 'ieee-p1363' } as const
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`
}
