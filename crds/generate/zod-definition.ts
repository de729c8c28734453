// zod's schemas from the inside: what is stated about each, and the checks that it carries.
import type * as z from 'zod/mini'
import type { FieldMetadata } from './field-metadata.ts'

export type Schema = z.core.$ZodType
export type Definition = z.core.$ZodTypes['_zod']['def']
export type DefinitionOf<Type extends Definition['type']> = Extract<Definition, { readonly type: Type }>
export type Check = z.core.$ZodChecks['_zod']['def']

/** Where a schema stands, and what is told about it. */
export interface Place {
  readonly path: string
  readonly told: FieldMetadata
}

export function definitionOf(schema: Schema): Definition {
  // zod's own union of its schema classes, which tells them apart by `type`.
  return (schema as z.core.$ZodTypes)._zod.def
}

export function checksOf(def: Definition): readonly Check[] {
  // zod's own union of its checks, which tells them apart by `check`.
  return (def.checks ?? []).map(check => (check as z.core.$ZodChecks)._zod.def)
}

/** Names of the checks, those of refinements and metadata included, which zod's union leaves out. */
export function checkNamesOf(def: Definition): readonly string[] {
  return checksOf(def).map(({ check }) => check)
}
