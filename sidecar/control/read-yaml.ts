// YAML as kubectl understands it: 1.1, several documents, no surprises from tags, and no alias bombs.
import type * as Yaml from 'yaml'

export type YamlDocuments =
  | { readonly kind: 'read'; readonly values: readonly unknown[] }
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }

/** More aliases than any honest policy has. */
const maxAliases = 100

/** Tags of YAML 1.1 that kubectl's reader does not resolve: dates stay text, `1:30` is no number. */
const foreignTags = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
])

/** Empty documents are left out. Never rejects. */
export async function readYamlDocuments(text: string): Promise<YamlDocuments> {
  // Loaded when a folder is read: a sidecar that listens to an operator never pays for it.
  const yaml = await import('yaml')
  const parsed = yaml.parseAllDocuments(text, {
    version: '1.1',
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
    // Its warnings would quote the file on stderr.
    logLevel: 'error',
    customTags: tags => tags.filter(tag => typeof tag === 'string' || !isForeign(tag)),
  })
  const documents = Array.isArray(parsed) ? parsed : []
  const values: unknown[] = []
  const reasons: string[] = []
  for (const document of documents) {
    if (document.errors.length > 0) {
      reasons.push(...document.errors.slice(0, 3).map(error => explain(error, text)))
      continue
    }
    readDocument(document, { values, reasons })
  }
  return reasons.length > 0 ? { kind: 'refused', reasons } : { kind: 'read', values }
}

function readDocument(document: Yaml.Document.Parsed, into: { values: unknown[]; reasons: string[] }): void {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases })
    if (value !== null && value !== undefined) into.values.push(value)
  } catch {
    into.reasons.push('a YAML alias cannot be resolved, or there are too many of them')
  }
}

function isForeign(tag: Yaml.ScalarTag | Yaml.CollectionTag): boolean {
  const format = 'format' in tag ? tag.format : undefined
  return foreignTags.has(tag.tag) || format === 'TIME'
}

/** Says where, and what kind of mistake: never the text itself, which may be a key in the wrong place. */
function explain(error: Yaml.YAMLParseError, text: string): string {
  const before = text.slice(0, error.pos[0])
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  const kind = mistakes[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ')
  return `line ${line}, column ${column}: not valid YAML (${kind})`
}

/** The kinds of mistake that people make by hand, in their words. */
const mistakes: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'a text that begins with * or & needs quotes',
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  DUPLICATE_KEY: 'a field that stands twice',
  MISSING_CHAR:
    'a colon, comma, bracket or quote is missing, or the indentation of this or the last line is wrong',
  TAB_AS_INDENT: 'a tab in the indentation, where only spaces are taken',
}
