// Nothing unbounded and nothing unexplained leaves the generator: costs of rules are estimated from the bounds, and
// `kubectl explain` shows the descriptions.
import { NotRepresentable, type StructuralSchema } from './structural-schema.ts'

/** @throws NotRepresentable at the first field, top down, that lacks a description or a bound. */
export function checkSchema(schema: StructuralSchema, path: string): void {
  if (schema.description === undefined) throw new NotRepresentable(path, 'a field without a description')
  const missing = missingBound(schema)
  if (missing !== undefined) throw new NotRepresentable(path, `no ${missing}`)
  for (const [name, field] of Object.entries(schema.properties ?? {})) checkSchema(field, `${path}.${name}`)
  if (schema.items !== undefined) checkSchema(schema.items, `${path}[]`)
  if (schema.additionalProperties !== undefined) checkSchema(schema.additionalProperties, `${path}{}`)
}

function missingBound(schema: StructuralSchema): string | undefined {
  if (schema.enum !== undefined) return undefined
  switch (schema.type) {
    case 'string':
      return schema.maxLength === undefined ? 'maxLength' : undefined
    case 'array':
      return schema.maxItems === undefined ? 'maxItems' : undefined
    case 'integer':
    case 'number':
      return schema.minimum === undefined || schema.maximum === undefined ? 'minimum or maximum' : undefined
    case 'object':
      return schema.additionalProperties !== undefined && schema.maxProperties === undefined
        ? 'maxProperties'
        : undefined
    case 'boolean':
      return undefined
    default:
      return schema.type satisfies never
  }
}
