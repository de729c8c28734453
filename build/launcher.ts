// The small program in front of each bundle: engine options, and compiled code that is kept on disk.

/**
 * How V8 keeps house, measured with the benchmark. A heap that may grow does not collect in full after every few large
 * prompts, whose bytes count as its own; a small nursery keeps a thousand quiet streams small. The collector is lent to the
 * program, which compacts its heap once it has started.
 */
export const engineOptions: readonly string[] = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=300',
  '--no-maglev',
  '--invocation-count-for-turbofan=5000',
  '--expose-gc',
]

/** Threads that allocate from one arena leave fewer half-empty ones: 15 MiB less beside a thousand streams. */
const oneArena = { MALLOC_ARENA_MAX: '1' }

/**
 * TLS keeps large buffers of which it uses little. As mappings of their own only the pages in use count: 80 MiB less
 * beside 5,000 streams, for a tenth more processor time. A sidecar, which reads all the time, would pay for every read.
 */
const mappedBuffers = { MALLOC_MMAP_THRESHOLD_: '8192' }

/** Variables of glibc for a program. */
export function allocatorSettings(program: string): Readonly<Record<string, string>> {
  return program === 'operator' ? { ...oneArena, ...mappedBuffers } : oneArena
}

/**
 * The engine takes its options at its start only, so the launcher becomes the same process once more with them: no
 * second process, no shell. Compiled code is kept beside the bundle: less memory and a quicker start from the second run
 * on. Where the folder cannot be written nothing is kept and nothing fails.
 *
 * Node files compiled code under the user and the processor's abilities. Neither matters to the code, and an image is
 * built as another user on another processor. So where a pod has a folder for its state, what the image holds is linked
 * there, under the names that this machine wants. An image gives the options itself, and starts the program at once.
 */
export function launcherOf(name: string, program: string): string {
  return [
    `const options = ${JSON.stringify(engineOptions)}`,
    `const environment = { ...${JSON.stringify(allocatorSettings(name))}, ...process.env }`,
    'if (process.execve !== undefined && process.execArgv.length === 0) {',
    '  process.execve(process.execPath, [process.execPath, ...options, ...process.argv.slice(1)], environment)',
    '}',
    "const { enableCompileCache, getCompileCacheDir } = process.getBuiltinModule('node:module')",
    `const kept = \`\${import.meta.dirname}/.compile-cache/${name}\``,
    "const state = process.env['LLM_FALLBACK_STATE_DIR']",
    'if (state) {',
    "  enableCompileCache(state + '/compiled')",
    '  linkKept(getCompileCacheDir())',
    '}',
    '// Does nothing when there is a cache already.',
    'enableCompileCache(kept)',
    `await import('./${program}')`,
    '',
    'function linkKept(folder) {',
    "  const { readdirSync, symlinkSync } = process.getBuiltinModule('node:fs')",
    '  try {',
    '    const entries = readdirSync(kept, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())',
    "    for (const { name, parentPath } of entries) symlinkSync(parentPath + '/' + name, folder + '/' + name)",
    '  } catch {',
    '    // Nothing is kept, it is linked since an earlier start, or the folder is not ours: compiling still works.',
    '  }',
    '}',
    '',
  ].join('\n')
}
