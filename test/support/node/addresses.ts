// Where things are inside a node's network namespace. Every node has a namespace of its own, so that all may use the same.

export const nodeName = 'node-1'
/** Of the documentation range: not loopback, which a kubelet refuses, and nobody's. */
export const nodeAddress = '198.51.100.10'
export const serviceRange = '10.96.0.0/24'
/** The Service `kubernetes`: the first of the range. */
export const apiServiceAddress = '10.96.0.1'
export const dnsAddress = '10.96.0.2'
export const podRange = '10.244.0.0/24'
export const clusterDomain = 'cluster.local'

/** A Unix socket in the node's folder: files are what both sides of a network namespace see. */
export const apiSocketName = 'api.sock'

/** Where everybody looks for it. `/run` is the node's own. */
export const containerdSocket = '/run/containerd/containerd.sock'

/** Parameters of containerd's own client, which sees the kubelet's images with them. */
export const containerdClient: readonly string[] = ['--address', containerdSocket, '--namespace', 'k8s.io']
