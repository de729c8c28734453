// docs/chart-values.md: every value of the charts, from the schemas that refuse all others.
import { isNode, type SchemaNode } from './schema-node.ts'

export interface DocumentedChart {
  readonly name: string
  /** Parsed `values.schema.json`. */
  readonly schema: unknown
  /** Parsed `values.yaml`. */
  readonly values: unknown
}

const heading = [
  '<!-- Generated from charts/*/values.schema.json by `npm run generate`. Do not edit. -->',
  '# Values of the charts',
  '',
  'A value that is not listed here is refused, with its place in the message. Profiles: `charts/llm-fallback/values-ha.yaml`,',
  '`charts/llm-fallback/values-dev.yaml`.',
  '',
]

export function renderValuesPage(charts: readonly DocumentedChart[]): string {
  const sections = charts.flatMap(({ name, schema, values }) => [
    `## ${name}`,
    '',
    '| value | default | meaning |',
    '|---|---|---|',
    ...rowsOf(schema, { path: '', value: values }),
    '',
  ])
  return [...heading, ...sections].join('\n')
}

interface Place {
  /** Dotted; empty at the top. */
  readonly path: string
  /** Default of the place; undefined: none. */
  readonly value: unknown
}

/** An object whose fields are known is told field by field, all else as one row. */
function rowsOf(schema: unknown, { path, value }: Place): readonly string[] {
  if (!isNode(schema)) throw new Error(`the schema of ${path || 'the chart'} is no object`)
  if (schema.properties === undefined) return [rowOf(schema, { path, value })]
  const defaults = isNode(value) ? value : {}
  return Object.entries(schema.properties).flatMap(([name, field]) =>
    rowsOf(field, { path: path === '' ? name : `${path}.${name}`, value: defaults[name] }),
  )
}

function rowOf(schema: SchemaNode, { path, value }: Place): string {
  const { description } = schema
  if (typeof description !== 'string') throw new Error(`the value ${path} has no description in its schema`)
  const choices = Array.isArray(schema['enum']) ? ` One of ${schema['enum'].map(asCode).join(', ')}.` : ''
  const text = `${description}${choices}`.replaceAll('|', '\\|')
  return `| \`${path}\` | ${value === undefined ? '–' : asCode(value)} | ${text} |`
}

function asCode(value: unknown): string {
  return `\`${JSON.stringify(value)}\``.replaceAll('|', '\\|')
}
