// Which room may know which. Change a line only with a reason: the table is the plan of the house.

export interface RoomRule {
  /** Path prefix of the room, from the top of the repository. The longest one that fits a file counts. */
  readonly room: string
  /** Path prefixes of what it may import. Its own files always. */
  readonly imports: readonly string[]
  /** Path prefixes that it may import as types only. */
  readonly types: readonly string[]
  /** Packages and Node modules; `node:*` for all of Node. */
  readonly libraries: readonly string[]
}

const clock = 'sidecar/resilience/clock.ts'
const errorCode = 'sidecar/error-code.ts'
const cancellation = 'sidecar/resilience/cancellation.ts'
const operatorPorts = 'operator/reconcile/ports.ts'
const shares = 'operator/share-connections.ts'
const chainShapes = ['sidecar/chain/ports.ts', 'sidecar/chain/outcome.ts', 'sidecar/chain/events.ts']

export const importTable: readonly RoomRule[] = [
  // The language. Classic zod is for generating manifests: the sidecar loads the rest.
  { room: 'crds', imports: [], types: [], libraries: ['zod/mini', 'node:crypto'] },
  { room: 'crds/generate', imports: ['crds'], types: [], libraries: ['zod', 'zod/mini', 'yaml', 'node:*'] },

  // The core of the sidecar: pure, no edge of the process in sight.
  { room: 'sidecar/resilience', imports: [], types: [], libraries: [] },
  {
    room: 'sidecar/failure',
    imports: ['crds/vocabulary.ts'],
    types: [],
    libraries: ['node:util'],
  },
  {
    room: 'sidecar/dialect',
    imports: ['sidecar/failure', 'crds/vocabulary.ts'],
    types: ['crds', ...chainShapes],
    libraries: [
      '@smithy/eventstream-codec',
      'eventsource-parser',
      'node:buffer',
      'node:crypto',
      'node:string_decoder',
    ],
  },
  {
    room: 'sidecar/chain',
    imports: ['sidecar/resilience', 'sidecar/failure', 'sidecar/dialect/completion.ts', 'crds'],
    types: ['sidecar/dialect/embeddings.ts'],
    libraries: [],
  },
  {
    room: 'sidecar/policy',
    imports: ['sidecar/chain', 'sidecar/resilience', 'crds'],
    types: ['sidecar/dialect/completion.ts', 'sidecar/failure'],
    libraries: ['node:crypto'],
  },

  // The edges: they know the core, never each other.
  {
    room: 'sidecar/provider',
    imports: ['sidecar/dialect', 'sidecar/failure', 'crds', errorCode],
    types: [...chainShapes, clock, cancellation],
    libraries: ['undici', '@aws-crypto/sha256-js', '@smithy/signature-v4', 'node:*'],
  },
  {
    room: 'sidecar/cache',
    imports: ['sidecar/dialect', 'sidecar/failure', 'crds'],
    types: [...chainShapes, clock],
    libraries: ['lru-cache', 'node:*'],
  },
  {
    room: 'sidecar/telemetry',
    imports: ['sidecar/dialect', 'sidecar/failure', 'crds', 'package.json'],
    types: [...chainShapes, clock],
    libraries: ['prom-client', 'pino', 'node:*'],
  },
  {
    room: 'sidecar/control',
    imports: ['sidecar/policy', 'crds', errorCode],
    types: [clock],
    libraries: ['undici', 'yaml', 'node:*'],
  },
  {
    room: 'sidecar/server',
    imports: ['sidecar/policy', 'sidecar/chain', 'sidecar/dialect', 'sidecar/failure', 'crds', cancellation],
    types: [clock],
    libraries: ['fastify', 'node:*'],
  },

  // The joints. What lies loose in `sidecar/` is small and knows no room.
  {
    room: 'sidecar',
    imports: [errorCode, 'sidecar/resilience'],
    types: [...chainShapes],
    libraries: ['node:*'],
  },
  { room: 'sidecar/settings.ts', imports: ['crds'], types: [], libraries: ['node:*'] },
  {
    room: 'sidecar/tell-of-changes.ts',
    imports: ['sidecar/telemetry'],
    types: ['sidecar', 'crds'],
    libraries: [],
  },
  { room: 'sidecar/assemble.ts', imports: ['sidecar', 'crds'], types: [], libraries: ['node:*'] },
  {
    room: 'sidecar/main.ts',
    imports: [
      'sidecar/assemble.ts',
      'sidecar/settings.ts',
      'sidecar/find-unwritable-audit.ts',
      'sidecar/compact-memory.ts',
    ],
    types: ['sidecar'],
    libraries: ['node:*'],
  },

  // The operator cannot see the sidecar.
  {
    room: 'operator/reconcile',
    imports: ['crds', 'operator/status'],
    types: [],
    libraries: ['node:buffer', 'node:crypto'],
  },
  { room: 'operator/status', imports: ['crds'], types: [operatorPorts], libraries: [] },
  {
    room: 'operator/kube',
    imports: ['crds'],
    types: [operatorPorts],
    libraries: ['@kubernetes/client-node/dist/config.js', 'undici', 'node:*'],
  },
  { room: 'operator/push', imports: ['crds', shares], types: [operatorPorts], libraries: ['node:*'] },
  // Pure: from a pod to a patch, or to a verdict.
  { room: 'operator/injection', imports: [], types: [], libraries: [] },
  {
    room: 'operator/admission',
    imports: ['crds', 'operator/injection', shares],
    types: [operatorPorts],
    libraries: ['fastify', 'node:*'],
  },
  {
    room: 'operator/certificates',
    // Namespaces are told whom to trust in turns of the same kind as the loop's.
    imports: ['operator/reconcile/work-queue.ts'],
    types: [operatorPorts],
    libraries: ['@peculiar/x509', 'reflect-metadata', 'node:*'],
  },
  {
    room: 'operator/telemetry',
    imports: ['crds', 'package.json', shares],
    types: [operatorPorts],
    libraries: ['prom-client', 'pino', 'node:*'],
  },
  { room: 'operator', imports: [], types: [], libraries: ['node:*'] },
  { room: 'operator/settings.ts', imports: ['crds', 'operator/injection'], types: [], libraries: ['node:*'] },
  { room: 'operator/assemble', imports: ['operator', 'crds'], types: [], libraries: ['node:*'] },
  { room: 'operator/assemble.ts', imports: ['operator', 'crds'], types: [], libraries: ['node:*'] },
  {
    room: 'operator/main.ts',
    imports: ['operator/assemble.ts', 'operator/settings.ts'],
    types: ['operator'],
    libraries: ['node:*'],
  },

  // What is not shipped may look at everything, and nothing looks back.
  { room: 'build/charts', imports: ['crds/generate'], types: [], libraries: ['yaml', 'node:*'] },
  { room: 'build/install-manifest', imports: ['crds/generate'], types: [], libraries: ['yaml', 'node:*'] },
  { room: 'build', imports: ['crds'], types: [], libraries: ['esbuild', 'node:*'] },
  { room: 'build/dialects-page', imports: ['crds', 'sidecar/dialect'], types: [], libraries: ['node:*'] },
]

/** The rule of a file, or undefined where none stands: tests and their support are free. */
export function ruleOf(path: string): RoomRule | undefined {
  const fitting = importTable.filter(rule => isWithin(path, rule.room))
  return fitting.sort((one, other) => other.room.length - one.room.length)[0]
}

/** `path` is the file `prefix` or lies in the folder `prefix`. */
export function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`)
}
