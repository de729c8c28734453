// Under which names and addresses the operator's listeners are reached.

export interface ReachedAs {
  /** The operator's own namespace. */
  readonly namespace: string
  /** URLs that others are told, such as PUSH_URL and WEBHOOK_URL. */
  readonly urls: readonly URL[]
  /** Hosts that are listened on. */
  readonly listenHosts: readonly string[]
}

const service = 'llm-fallback'
const loopback = ['localhost', '127.0.0.1', '::1']
/** Listening on every address includes loopback: a port-forward ends there. */
const everyAddress = ['0.0.0.0', '::']

/** What the certificate has to name, each once. */
export function serverHosts({ namespace, urls, listenHosts }: ReachedAs): readonly string[] {
  const inCluster = ['', '.cluster.local'].map(suffix => `${service}.${namespace}.svc${suffix}`)
  const told = urls.map(url => withoutBrackets(url.hostname))
  const listened = listenHosts.filter(host => !everyAddress.includes(host))
  const isLocal = listenHosts.some(host => [...everyAddress, ...loopback].includes(host))
  return [...new Set([...inCluster, ...told, ...listened, ...(isLocal ? loopback : [])])]
}

/** `[::1]` in a URL is `::1` in a certificate. */
function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}
