// The authorities in the cluster: the Secret with the keys, the ConfigMap with what is to be trusted.
import type { ObjectClient } from '../reconcile/ports.ts'
import {
  authorityObjectName,
  describeOwn,
  fieldsOf,
  readAuthoritySecret,
  type SecretReading,
  textOf,
  writeAuthoritySecret,
} from './authority-secret.ts'
import { type AuthoritySet, bundleOf } from './authority-set.ts'

export interface AuthorityStore {
  read(): Promise<SecretReading>
  /** Whoever comes first wins: `exists` means that somebody else did. */
  create(set: AuthoritySet): Promise<'created' | 'exists'>
  /** @returns `lost` when the Secret is no longer the one that was read. */
  replace(set: AuthoritySet, resourceVersion: string): Promise<'replaced' | 'lost'>
  /** Sees to it that the ConfigMap says what is to be trusted. */
  publish(set: AuthoritySet): Promise<void>
}

export function createAuthorityStore(objects: ObjectClient, namespace: string): AuthorityStore {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`
  const secret = `${secrets}/${authorityObjectName}`
  const configMap = `/api/v1/namespaces/${namespace}/configmaps/${authorityObjectName}`
  return {
    read: async () => readAuthoritySecret(await objects.read(secret)),
    create: set => objects.create(secrets, writeAuthoritySecret(namespace, set)),
    async replace(set, resourceVersion) {
      const result = await objects.replace(secret, writeAuthoritySecret(namespace, set, resourceVersion))
      return result === 'replaced' ? 'replaced' : 'lost'
    },
    async publish(set) {
      const bundle = bundleOf(set)
      const stored = fieldsOf(fieldsOf(await objects.read(configMap))['data'])
      if (textOf(stored['ca.crt']) === bundle) return
      await objects.apply(configMap, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: describeOwn(namespace),
        data: { 'ca.crt': bundle },
      })
    },
  }
}
