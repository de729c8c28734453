// Everything that lies in a cluster, by kind, namespace and name.
import type { RealNode } from '../../support/node/start-real-node.ts'

const format = '{range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}{"\\n"}{end}'

export async function listObjects(node: RealNode): Promise<readonly string[]> {
  const kinds = (await node.mustKubectl({}, 'api-resources', '--verbs=list', '-o', 'name'))
    .split('\n')
    .filter(kind => kind !== '' && !kind.startsWith('events'))
  const lists = await node.mustKubectl({}, 'get', kinds.join(','), '-A', '-o', `jsonpath=${format}`)
  return [...new Set(lists.split('\n').filter(Boolean))].sort()
}
