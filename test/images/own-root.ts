// Whether this machine lets a program have a root of its own. A machine that tests for everybody must not go without it.
import { spawnSync } from 'node:child_process'

const isRoot = process.getuid?.() === 0
const mayPretend = () => spawnSync('unshare', ['--map-root-user', 'true']).status === 0
const mustTest = process.env['CI'] !== undefined

/** Why images cannot be built here, as the `skip` of a test. */
export const skipBuilding: string | false =
  isRoot || mustTest || mayPretend() ? false : 'NOT TESTED: building images needs root or user namespaces'

/** Why images cannot be run here as a container would run them: mounts and other users are root's. */
export const skipRunning: string | false =
  isRoot || mustTest ? false : 'NOT TESTED: running images needs root'
