// A folder of YAML resources, read as one: every object good, or the whole refused with every reason.
import { nameInFolder } from '../../crds/compile/catalogue.ts'
import { type CompileResult, compile } from '../../crds/compile/compile.ts'
import { parseResource } from '../../crds/resources/parse-resource.ts'
import {
  formatProblem,
  formatSource,
  type ResourceProblem,
  type ResourceSource,
} from '../../crds/resources/problem.ts'
import type { Resource } from '../../crds/resources/resource.ts'
import { type PolicyFile, readPolicyFiles } from './read-policy-files.ts'
import { readYamlDocuments } from './read-yaml.ts'
import { unfoldLists } from './unfold-lists.ts'

export interface FolderSelection {
  readonly directory: string
  /** Only when it was set: a folder without a chosen namespace takes every policy in it. */
  readonly namespace?: string
  readonly podLabels?: Readonly<Record<string, string>>
}

interface PlacedResource {
  readonly resource: Resource
  readonly source: ResourceSource
}

type Compiled = Extract<CompileResult, { kind: 'compiled' }>

export type FolderReading = Compiled | { readonly kind: 'refused'; readonly reasons: readonly string[] }

/** Never rejects: a folder that cannot be read is a refusal, too. */
export async function readPolicyFolder(selection: FolderSelection): Promise<FolderReading> {
  const files = await readPolicyFiles(selection.directory)
  if (files.kind === 'refused') return files
  const placed: PlacedResource[] = []
  const reasons: string[] = []
  for (const file of files.files) await collectResources(file, { placed, reasons })
  if (reasons.length > 0) return { kind: 'refused', reasons }
  if (placed.length === 0) {
    return {
      kind: 'refused',
      reasons: [`${selection.directory}: no *.yaml, *.yml or *.json file with a resource in it`],
    }
  }
  const result = compile({
    resources: placed.map(({ resource }) => resource),
    environment: 'folder',
    ...(selection.namespace !== undefined && { namespace: selection.namespace }),
    ...(selection.podLabels !== undefined && { podLabels: selection.podLabels }),
  })
  if (result.kind === 'refused') {
    const reasons = result.problems.map(problem => formatProblem(tellFile(problem, placed, selection)))
    return { kind: 'refused', reasons }
  }
  return { ...result, warnings: [...result.warnings, ...result.losers.map(tellOfLoser)] }
}

/** What the objects say together is judged without their files: whoever mends it wants to know where to look. */
function tellFile(
  problem: ResourceProblem,
  placed: readonly PlacedResource[],
  selection: FolderSelection,
): ResourceProblem {
  const [first, ...others] = placed
    .filter(({ resource }) => nameInFolder(resource, selection) === problem.object)
    .map(({ source }) => source)
  if (first === undefined) return problem
  const message =
    others.length === 0 ? problem.message : `${problem.message}, also ${others.map(formatSource).join(', ')}`
  return { ...problem, message, source: first }
}

/** Nobody reads a status in a folder: a policy that stands back says so as a warning. */
function tellOfLoser({ policy, winner }: Compiled['losers'][number]): ResourceProblem {
  const message = `not used: ${winner} goes first (higher priority, then older, then first by name)`
  return { object: `FallbackPolicy ${policy}`, path: '', message }
}

async function collectResources(
  file: PolicyFile,
  into: { placed: PlacedResource[]; reasons: string[] },
): Promise<void> {
  const documents = await readYamlDocuments(file.text)
  if (documents.kind === 'refused') {
    into.reasons.push(...documents.reasons.map(reason => `${file.name}: ${reason}`))
    return
  }
  documents.values.forEach((value, document) => {
    for (const object of unfoldLists(value)) {
      const source = { file: file.name, document }
      const parsed = parseResource(object, source)
      if (parsed.kind === 'ok') into.placed.push({ resource: parsed.resource, source })
      else into.reasons.push(...parsed.problems.map(formatProblem))
    }
  })
}
