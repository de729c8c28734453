// The charts as they lie in the repository.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { DocumentedChart } from './render-values-page.ts'

const folder = new URL('../../charts/', import.meta.url)

/** In the order in which people install them. */
export const chartNames = ['llm-fallback-crds', 'llm-fallback'] as const

export function readCharts(): readonly DocumentedChart[] {
  return chartNames.map(name => {
    const read = (file: string) => readFileSync(new URL(`${name}/${file}`, folder), 'utf8')
    const schema: unknown = JSON.parse(read('values.schema.json'))
    const values: unknown = parse(read('values.yaml'))
    return { name, schema, values }
  })
}
