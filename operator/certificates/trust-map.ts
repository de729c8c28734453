// The ConfigMap in which the pods of a namespace find whom to trust.
import { authorityObjectName, describeOwn, type Fields, fieldsOf, textOf } from './authority-secret.ts'

/** Key of the data, and name of the file that is made of it in a pod. */
const bundleKey = 'ca.crt'

export function trustMapPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/configmaps/${authorityObjectName}`
}

/** @param bundle PEM after PEM. */
export function writeTrustMap(namespace: string, bundle: string): Fields {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: describeOwn(namespace),
    data: { [bundleKey]: bundle },
  }
}

/** PEM after PEM; empty: it says nothing. */
export function bundleIn(stored: unknown): string {
  return textOf(fieldsOf(fieldsOf(stored)['data'])[bundleKey])
}

/** Whether everybody who is to own the one owns the other. */
export function isOwnedAs(stored: unknown, wanted: unknown): boolean {
  const uids = ownerUids(stored)
  return ownerUids(wanted).every(uid => uids.includes(uid))
}

function ownerUids(object: unknown): readonly string[] {
  const owners = fieldsOf(fieldsOf(object)['metadata'])['ownerReferences']
  return Array.isArray(owners) ? owners.map(owner => textOf(fieldsOf(owner)['uid'])) : []
}
