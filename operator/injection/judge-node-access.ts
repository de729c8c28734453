// Containers that can do with the node as they like, and so with the sidecar that runs on it. Other pods of the node may be able to
// do so as well: that is what Pod Security is for. This is about the app whose own pod is weaker than its author meant.
import { isSidecar } from './is-sidecar.ts'
import { listMountedVolumes } from './judge-volumes.ts'
import type { ContainerReading, PodReading } from './read-pod.ts'
import { type ShapeVerdict, sound, unsound } from './shape-verdict.ts'
import { type Fields, fieldsOf, listOf, textOf } from './untrusted.ts'

/** Each leads out of the container, or to the memory of the node. Those that meshes need to bend traffic are not among them. */
const keysToTheNode: readonly string[] = [
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'PERFMON',
  'SYS_ADMIN',
  'SYS_MODULE',
  'SYS_RAWIO',
]

/** Tokens of all pods, their processes, and those who start them. What lies above one of these holds it, too. */
const foldersOfTheNode: readonly string[] = [
  '/etc/kubernetes',
  '/proc',
  ...['/run', '/var/run'].flatMap(run =>
    ['containerd', 'cri-dockerd.sock', 'crio', 'docker.sock', 'k0s', 'k3s'].map(name => `${run}/${name}`),
  ),
  '/var/lib/containerd',
  '/var/lib/etcd',
  '/var/lib/k0s',
  '/var/lib/kubelet',
  '/var/lib/rancher',
  '/var/snap/microk8s',
]

export function judgeNodeAccess({ containers, volumes }: PodReading): ShapeVerdict {
  const folders = new Map(
    volumes.flatMap(volume => {
      const { path } = fieldsOf(volume['hostPath'])
      return typeof path === 'string' && isOfTheNode(path) ? [[textOf(volume['name']), path]] : []
    }),
  )
  for (const container of containers) {
    if (isSidecar(container)) continue
    const found = findKey(container) ?? findFolder(container.fields, folders)
    if (found !== undefined) {
      return unsound(
        'NodeAccess',
        `container ${container.name} has ${found}, by which it can take whatever is on the node; remove it`,
      )
    }
  }
  return sound
}

function findKey({ fields }: ContainerReading): string | undefined {
  const own = fieldsOf(fields['securityContext'])
  if (own['privileged'] === true) return 'securityContext.privileged'
  const added = listOf(fieldsOf(own['capabilities'])['add']).map(name => textOf(name).replace(/^CAP_/i, ''))
  const found = added.find(name => keysToTheNode.includes(name.toUpperCase()))
  return found === undefined ? undefined : `the capability ${found}`
}

function findFolder(container: Fields, folders: ReadonlyMap<string, string>): string | undefined {
  if (folders.size === 0) return undefined
  const name = listMountedVolumes(container).find(mounted => folders.has(mounted))
  return name === undefined ? undefined : `the hostPath ${folders.get(name)}`
}

function isOfTheNode(path: string): boolean {
  // With a slash at both ends, so that names are compared whole. `//` and `/./` mean what `/` means.
  const folder = `/${path}/`.replace(/\/(?:\.?\/)+/g, '/')
  return foldersOfTheNode.some(one => `${one}/`.startsWith(folder) || folder.startsWith(`${one}/`))
}
