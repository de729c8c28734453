// The authorities in the cluster: the Secret with the keys, the ConfigMap with what is to be trusted.
import type { ObjectClient, Ownership } from '../reconcile/ports.ts'
import {
  authorityObjectName,
  readAuthoritySecret,
  type SecretReading,
  type StoredAuthorities,
  writeAuthoritySecret,
} from './authority-secret.ts'
import { type AuthoritySet, bundleOf } from './authority-set.ts'
import { bundleIn, isOwnedAs, trustMapPath, writeTrustMap } from './trust-map.ts'

export interface AuthorityStore {
  read(): Promise<SecretReading>
  /** Whoever comes first wins: `exists` means that somebody else did. */
  create(set: AuthoritySet): Promise<'created' | 'exists'>
  /** Puts another set in the place of what was read. @returns `lost` when the Secret is no longer that one. */
  replace(set: AuthoritySet, stored: StoredAuthorities): Promise<'replaced' | 'lost'>
  /** Sees to it that the Secret goes when the operator is uninstalled. */
  own(stored: StoredAuthorities): Promise<void>
  /** Sees to it that the ConfigMap says what is to be trusted. */
  publish(set: AuthoritySet): Promise<void>
}

export interface StoreParts {
  readonly objects: ObjectClient
  readonly ownership: Ownership
  /** The operator's own. */
  readonly namespace: string
}

export function createAuthorityStore({ objects, ownership, namespace }: StoreParts): AuthorityStore {
  const secrets = `/api/v1/namespaces/${namespace}/secrets`
  const secret = `${secrets}/${authorityObjectName}`
  const configMap = trustMapPath(namespace)
  return {
    read: async () => readAuthoritySecret(await objects.read(secret)),
    async create(set) {
      return objects.create(secrets, await ownership.claim(writeAuthoritySecret(namespace, set), undefined))
    },
    async replace(set, { object, resourceVersion }) {
      const wanted = writeAuthoritySecret(namespace, set, resourceVersion)
      const result = await objects.replace(secret, await ownership.claim(wanted, object))
      return result === 'replaced' ? 'replaced' : 'lost'
    },
    async own({ set, object, resourceVersion }) {
      const wanted = await ownership.claim(writeAuthoritySecret(namespace, set, resourceVersion), object)
      // Whoever is faster has a reason to write; the next pass looks again.
      if (!isOwnedAs(object, wanted)) await objects.replace(secret, wanted)
    },
    async publish(set) {
      const bundle = bundleOf(set)
      const stored = await objects.read(configMap)
      const wanted = await ownership.claim(writeTrustMap(namespace, bundle), stored)
      if (bundleIn(stored) === bundle && isOwnedAs(stored, wanted)) return
      await objects.apply(configMap, wanted)
    },
  }
}
