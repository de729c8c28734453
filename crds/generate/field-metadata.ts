// What the schemas say about themselves beside their shape, read from zod's registry.
import * as z from 'zod/mini'

const metadata = z.object({
  description: z.optional(z.string()),
  /** What is expected, for the message of a text that breaks its pattern or an object with the wrong members. */
  expected: z.optional(z.string()),
  pattern: z.optional(z.string()),
  /** False: the text may be a key in the wrong place, so no message may repeat it. */
  isPublic: z.optional(z.boolean()),
  minLength: z.optional(z.number()),
  maxLength: z.optional(z.number()),
  maxProperties: z.optional(z.number()),
  minDuration: z.optional(z.string()),
  maxDuration: z.optional(z.string()),
  exactlyOneOf: z.optional(z.array(z.string())),
  atLeastOneOf: z.optional(z.array(z.string())),
  notSupportedYet: z.optional(z.literal(true)),
})

export type FieldMetadata = z.infer<typeof metadata>

/** @throws Error when a schema carries metadata of another shape. */
export function readMetadata(schema: z.core.$ZodType): FieldMetadata {
  return metadata.parse(z.globalRegistry.get(schema) ?? {})
}

/** Refinements that this metadata tells in full, and that the generator therefore turns into bounds or rules. */
export function countToldRefinements(told: FieldMetadata): number {
  return [
    told.pattern ?? told.maxLength,
    told.maxProperties,
    told.exactlyOneOf,
    told.atLeastOneOf,
    told.notSupportedYet,
  ].filter(fact => fact !== undefined).length
}
