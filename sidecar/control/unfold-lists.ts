// `kubectl get -o yaml` writes several objects as one list, and kubectl takes that list back: so does a policy folder.
import { resourceKinds } from '../../crds/resources/parse-resource.ts'
import { apiVersion } from '../../crds/resources/resource.ts'

/** Kinds of lists by their apiVersion. */
const listKinds: Readonly<Record<string, readonly string[]>> = {
  v1: ['List'],
  [apiVersion]: resourceKinds.map(kind => `${kind}List`),
}

/** The items of a list of Kubernetes objects; anything else as it is. A list without items holds nothing. */
export function unfoldLists(document: unknown): readonly unknown[] {
  if (typeof document !== 'object' || document === null) return [document]
  if (!('apiVersion' in document && 'kind' in document && 'items' in document)) return [document]
  const { apiVersion: version, kind, items } = document
  const isList = listKinds[String(version)]?.includes(String(kind)) === true
  return isList && Array.isArray(items) ? items : [document]
}
