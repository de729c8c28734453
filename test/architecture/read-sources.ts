// Reads our own TypeScript with the compiler's parser: what each file imports, how long its functions are, what it calls.
import { readFileSync } from 'node:fs'
import { posix, relative } from 'node:path'
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import * as is from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'
import { repositoryRoot } from '../support/child-process.ts'

export interface Source {
  /** From the top of the repository, with forward slashes. */
  readonly path: string
  readonly isTest: boolean
  readonly lineCount: number
  readonly imports: readonly Import[]
  readonly functions: readonly FunctionSize[]
  /** Dotted names that the file reads or calls, such as `Date.now` and `setTimeout`. */
  readonly names: readonly { readonly name: string; readonly line: number }[]
}

export interface Import {
  readonly specifier: string
  /** Path of the file for a relative import, undefined for a package. */
  readonly target?: string
  readonly isTypeOnly: boolean
}

export interface FunctionSize {
  readonly name: string
  readonly line: number
  readonly lines: number
}

const folders = /^(crds|sidecar|operator|test|build)\//

export function readSources(): readonly Source[] {
  const api = new API({ cwd: repositoryRoot })
  try {
    const snapshot = api.updateSnapshot({ openProjects: [posix.join(repositoryRoot, 'tsconfig.json')] })
    const program = snapshot.getProjects()[0]?.program
    if (program === undefined) throw new Error('the compiler found no project')
    const ours = program.getSourceFileNames().filter(name => folders.test(pathOf(name)))
    return ours.flatMap(name => {
      const file = program.getSourceFile(name)
      return file === undefined ? [] : [describe(pathOf(name), file)]
    })
  } finally {
    api.close()
  }
}

function pathOf(fileName: string): string {
  return relative(repositoryRoot, fileName).replaceAll('\\', '/')
}

function describe(path: string, file: SourceFile): Source {
  const text = readFileSync(posix.join(repositoryRoot, path), 'utf8')
  const imports: Import[] = []
  const functions: FunctionSize[] = []
  const names: { name: string; line: number }[] = []
  const lineAt = lineFinder(text)

  const visit = (node: Node): void => {
    const imported = importOf(path, node)
    if (imported !== undefined) imports.push(imported)
    if (isFunction(node)) {
      const line = lineAt(node.getStart(file))
      functions.push({ name: nameOf(node), line, lines: lineAt(node.end) - line + 1 })
    }
    const name = dottedName(node)
    if (name !== undefined) names.push({ name, line: lineAt(node.getStart(file)) })
    node.forEachChild(visit)
  }
  visit(file)

  const lineCount = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return { path, isTest: path.endsWith('.test.ts'), lineCount, imports, functions, names }
}

function importOf(path: string, node: Node): Import | undefined {
  if (is.isImportDeclaration(node) && is.isStringLiteral(node.moduleSpecifier)) {
    const isTypeOnly = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword
    return resolve(path, node.moduleSpecifier.text, isTypeOnly)
  }
  if (is.isExportDeclaration(node) && node.moduleSpecifier && is.isStringLiteral(node.moduleSpecifier)) {
    return resolve(path, node.moduleSpecifier.text, node.isTypeOnly)
  }
  if (is.isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments
    if (specifier && is.isStringLiteral(specifier)) return resolve(path, specifier.text, false)
  }
  return undefined
}

function resolve(path: string, specifier: string, isTypeOnly: boolean): Import {
  if (!specifier.startsWith('.')) return { specifier, isTypeOnly }
  return { specifier, target: posix.join(posix.dirname(path), specifier), isTypeOnly }
}

function isFunction(node: Node): boolean {
  return (
    is.isFunctionDeclaration(node) ||
    is.isFunctionExpression(node) ||
    is.isArrowFunction(node) ||
    is.isMethodDeclaration(node) ||
    is.isConstructorDeclaration(node) ||
    is.isGetAccessorDeclaration(node) ||
    is.isSetAccessorDeclaration(node)
  )
}

function nameOf(node: Node): string {
  const named = is.isFunctionDeclaration(node) || is.isMethodDeclaration(node) ? node.name : undefined
  return named !== undefined && is.isIdentifier(named) ? named.text : '(a function)'
}

/** `Date.now`, `process.env`, and plain names that are called or constructed. */
function dottedName(node: Node): string | undefined {
  if (is.isPropertyAccessExpression(node) && is.isIdentifier(node.expression)) {
    return `${node.expression.text}.${node.name.text}`
  }
  if (is.isCallExpression(node) && is.isIdentifier(node.expression)) return node.expression.text
  if (is.isNewExpression(node) && is.isIdentifier(node.expression)) return `new ${node.expression.text}`
  return undefined
}

function lineFinder(text: string): (position: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return position => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= position) low = middle
      else high = middle - 1
    }
    return low + 1
  }
}
