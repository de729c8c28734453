// A folder of YAML resources, read as one: every object good, or the whole refused with every reason.
import { isUtf8 } from 'node:buffer'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type CompileResult, compile } from '../../crds/compile/compile.ts'
import { parseResource } from '../../crds/resources/parse-resource.ts'
import { formatProblem, type ResourceProblem } from '../../crds/resources/problem.ts'
import type { Resource } from '../../crds/resources/resource.ts'
import { readYamlDocuments } from './read-yaml.ts'
import { unfoldLists } from './unfold-lists.ts'

export interface FolderSelection {
  readonly directory: string
  /** Only when it was set: a folder without a chosen namespace takes every policy in it. */
  readonly namespace?: string
  readonly podLabels?: Readonly<Record<string, string>>
}

type Compiled = Extract<CompileResult, { kind: 'compiled' }>

export type FolderReading = Compiled | { readonly kind: 'refused'; readonly reasons: readonly string[] }

interface PolicyFile {
  readonly name: string
  readonly text: string
}

const maxFiles = 500
const maxFileBytes = 4 * 1024 * 1024
const policyFileName = /^[^.].*\.(ya?ml|json)$/

/** Never rejects: a folder that cannot be read is a refusal, too. */
export async function readPolicyFolder(selection: FolderSelection): Promise<FolderReading> {
  const files = await readFiles(selection.directory)
  if (files.kind === 'refused') return files
  const resources: Resource[] = []
  const reasons: string[] = []
  for (const file of files.files) await collectResources(file, { resources, reasons })
  if (reasons.length > 0) return { kind: 'refused', reasons }
  if (resources.length === 0) {
    return {
      kind: 'refused',
      reasons: [`${selection.directory}: no *.yaml, *.yml or *.json file with a resource in it`],
    }
  }
  const result = compile({
    resources,
    environment: 'folder',
    ...(selection.namespace !== undefined && { namespace: selection.namespace }),
    ...(selection.podLabels !== undefined && { podLabels: selection.podLabels }),
  })
  if (result.kind === 'refused') return { kind: 'refused', reasons: result.problems.map(formatProblem) }
  return { ...result, warnings: [...result.warnings, ...result.losers.map(tellOfLoser)] }
}

/** Nobody reads a status in a folder: a policy that stands back says so as a warning. */
function tellOfLoser({ policy, winner }: Compiled['losers'][number]): ResourceProblem {
  const message = `not used: ${winner} goes first (higher priority, then older, then first by name)`
  return { object: `FallbackPolicy ${policy}`, path: '', message }
}

async function readFiles(
  directory: string,
): Promise<{ kind: 'read'; files: readonly PolicyFile[] } | { kind: 'refused'; reasons: readonly string[] }> {
  try {
    // Kubernetes mounts a folder as links into `..data`: names that start with a dot are its own affair.
    const names = (await readdir(directory)).filter(name => policyFileName.test(name)).sort()
    if (names.length > maxFiles) return refused(`${directory}: more than ${maxFiles} policy files`)
    const files: PolicyFile[] = []
    for (const name of names) {
      const path = join(directory, name)
      const { size } = await stat(path)
      if (size > maxFileBytes) return refused(`${path}: larger than 4 MiB`)
      const text = decodeText(await readFile(path))
      if (text === undefined) return refused(`${path}: not a text in UTF-8`)
      files.push({ name, text })
    }
    return { kind: 'read', files }
  } catch (cause) {
    return refused(`${directory}: cannot be read (${codeOf(cause)})`)
  }
}

/** Undefined for other encodings and binary files: a wrong letter would reach callers in a fixed answer. */
function decodeText(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

function refused(reason: string): { kind: 'refused'; reasons: readonly string[] } {
  return { kind: 'refused', reasons: [reason] }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}

async function collectResources(
  file: PolicyFile,
  into: { resources: Resource[]; reasons: string[] },
): Promise<void> {
  const documents = await readYamlDocuments(file.text)
  if (documents.kind === 'refused') {
    into.reasons.push(...documents.reasons.map(reason => `${file.name}: ${reason}`))
    return
  }
  documents.values.forEach((value, document) => {
    for (const object of unfoldLists(value)) {
      const parsed = parseResource(object, { file: file.name, document })
      if (parsed.kind === 'ok') into.resources.push(parsed.resource)
      else into.reasons.push(...parsed.problems.map(formatProblem))
    }
  })
}
