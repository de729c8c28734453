// The files of a policy folder as texts: all of them, or every reason why one of them cannot be read.
import { isUtf8 } from 'node:buffer'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../error-code.ts'

export interface PolicyFile {
  readonly name: string
  readonly text: string
}

export type PolicyFiles =
  | { readonly kind: 'read'; readonly files: readonly PolicyFile[] }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }

const maxFiles = 500
const maxFileBytes = 4 * 1024 * 1024
const policyFileName = /^[^.].*\.(ya?ml|json)$/

/**
 * Names of the files that are read, sorted. Kubernetes mounts a folder as links into `..data`: names that start with a dot
 * are its own affair, and editors keep their copies under such names or other endings.
 * @throws the error of the file system when the folder cannot be listed.
 */
export async function listPolicyFiles(directory: string): Promise<readonly string[]> {
  return (await readdir(directory)).filter(name => policyFileName.test(name)).sort()
}

/** Never rejects. */
export async function readPolicyFiles(directory: string): Promise<PolicyFiles> {
  let names: readonly string[]
  try {
    names = await listPolicyFiles(directory)
  } catch (cause) {
    return refused([`${directory}: ${explainUnreadable(cause)}`])
  }
  if (names.length > maxFiles) return refused([`${directory}: more than ${maxFiles} policy files`])
  const files: PolicyFile[] = []
  const reasons: string[] = []
  for (const name of names) {
    const path = join(directory, name)
    const reading = await readText(path)
    if (reading.kind === 'text') files.push({ name, text: reading.text })
    else reasons.push(`${path}: ${reading.reason}`)
  }
  return reasons.length > 0 ? refused(reasons) : { kind: 'read', files }
}

type TextReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unfit'; readonly reason: string }

async function readText(path: string): Promise<TextReading> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return unfit('a folder; only the files in the policy folder itself are read')
    // Reading a pipe or a device may never end.
    if (!found.isFile()) return unfit('not a file')
    if (found.size > maxFileBytes) return unfit('larger than 4 MiB')
    const bytes = await readFile(path)
    // In other encodings a wrong letter would reach callers in a fixed answer.
    return isUtf8(bytes) ? { kind: 'text', text: bytes.toString('utf8') } : unfit('not a text in UTF-8')
  } catch (cause) {
    return unfit(explainUnreadable(cause))
  }
}

function unfit(reason: string): TextReading {
  return { kind: 'unfit', reason }
}

function refused(reasons: readonly string[]): PolicyFiles {
  return { kind: 'refused', reasons }
}

function explainUnreadable(cause: unknown): string {
  return `cannot be read (${errorCode(cause)})`
}
