// Whether this machine can hold a node, asked before anything is started: whoever cannot have one is told why and what to do.
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { runCommand } from './run-command.ts'

/** Where distributions and the plugins' own releases put them. */
const pluginFolders: readonly string[] = ['/usr/lib/cni', '/opt/cni/bin', '/usr/libexec/cni']
const plugins: readonly string[] = ['bridge', 'host-local', 'loopback', 'portmap']

/** Debian's package of each program. */
const packageOf: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
}

export interface Machine {
  /** Of the network plugins. */
  readonly pluginFolder: string
  /** Search path in which all programs are found. */
  readonly path: string
}

/** @throws Error that names everything that is missing, and the command that installs it. */
export async function checkMachine(): Promise<Machine> {
  if (process.platform !== 'linux') throw needs(['Linux: this machine runs something else'])
  if (process.getuid?.() !== 0) throw needs(['root: run it with sudo'])
  const path = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ].join(delimiter)
  const missing = await listMissingPrograms(path)
  const pluginFolder = await findPlugins()
  if (missing.length > 0 || pluginFolder === undefined) {
    throw explainMissing({ programs: missing, plugins: pluginFolder === undefined ? 'missing' : 'found' })
  }
  const obstacles = await listObstacles(path)
  if (obstacles.length > 0) throw needs(obstacles)
  return { pluginFolder, path }
}

/** @param missing programs that are not on the search path, and whether the network plugins are there. */
export function explainMissing(missing: {
  readonly programs: readonly string[]
  readonly plugins: 'found' | 'missing'
}): Error {
  const isWithoutPlugins = missing.plugins === 'missing'
  const names = [
    ...missing.programs,
    ...(isWithoutPlugins ? [`the network plugins ${plugins.join(', ')}`] : []),
  ]
  const packages = new Set([
    ...missing.programs.map(name => packageOf[name] ?? name),
    ...(isWithoutPlugins ? ['containernetworking-plugins'] : []),
  ])
  const command = `apt-get install --yes ${[...packages].sort().join(' ')}`
  return needs([`${names.join(', ')}: on Debian or Ubuntu, ${command}`])
}

function needs(missing: readonly string[]): Error {
  return new Error(['A real node cannot run here. It needs', ...missing.map(one => `- ${one}`)].join('\n'))
}

async function listMissingPrograms(path: string): Promise<readonly string[]> {
  const missing: string[] = []
  for (const name of Object.keys(packageOf)) {
    const places = path.split(delimiter).map(folder => join(folder, name))
    if (!(await anyRuns(places))) missing.push(name)
  }
  return missing
}

async function findPlugins(): Promise<string | undefined> {
  for (const folder of pluginFolders) {
    const found = await Promise.all(plugins.map(name => anyRuns([join(folder, name)])))
    if (found.every(Boolean)) return folder
  }
  return undefined
}

async function anyRuns(places: readonly string[]): Promise<boolean> {
  for (const place of places) {
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (runs) return true
  }
  return false
}

/** What the kernel, or the container around us, has to allow: each is tried in namespaces that end at once. */
const attempts: Readonly<Record<string, string>> = {
  'mounts in a mount namespace': 'mount -t tmpfs tmpfs /run',
  'the overlay file system':
    'mount -t tmpfs tmpfs /run; mkdir /run/a /run/b /run/c; mount -t overlay -o lowerdir=/run/a,upperdir=/run/b,workdir=/run/c overlay /run/a',
  'bridges and virtual Ethernet':
    'ip link add probe type bridge; ip link add probe-a type veth peer name probe-b',
  'network address translation': 'iptables -t nat -A POSTROUTING -m conntrack --ctstate NEW -j MASQUERADE',
  'writable settings of a network namespace': 'echo 1 > /proc/sys/net/ipv4/ip_forward',
}

async function listObstacles(path: string): Promise<readonly string[]> {
  const obstacles: string[] = []
  const unshare = ['--net', '--mount', '--pid', '--uts', '--fork', '--mount-proc', '--propagation', 'private']
  for (const [what, script] of Object.entries(attempts)) {
    const { code, stderr } = await runCommand(
      { environment: { PATH: path } },
      'unshare',
      ...unshare,
      '/bin/sh',
      '-ec',
      script,
    )
    const said = stderr.trim().split('\n').at(-1) ?? ''
    if (code !== 0)
      obstacles.push(`${what}: the kernel refuses (${said}); in a container, run that one with --privileged`)
  }
  const canGroup = await access('/sys/fs/cgroup', constants.W_OK).then(
    () => true,
    () => false,
  )
  if (!canGroup)
    obstacles.push('cgroups: /sys/fs/cgroup is not writable; in a container, run that one with --privileged')
  return obstacles
}
