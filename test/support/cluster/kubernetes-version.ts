// Which Kubernetes the tests run against. The build takes its modules from kubernetes/go.mod, which must agree.

export const kubernetesVersion = { full: '1.36.3', major: '1', minor: '1.36' } as const

const stamps: Readonly<Record<string, string>> = {
  'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion.full}`,
  'k8s.io/component-base/version.gitMajor': kubernetesVersion.major,
  'k8s.io/component-base/version.gitMinor': kubernetesVersion.minor.slice(kubernetesVersion.major.length + 1),
  'k8s.io/component-base/version.gitTreeState': 'archive',
  'k8s.io/client-go/pkg/version.gitVersion': `v${kubernetesVersion.full}`,
}

/** Without the stamps the server says that it is version 0.0, and every client that reads its version fails. */
export const linkerFlags: string = [
  '-s -w',
  ...Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`),
].join(' ')
