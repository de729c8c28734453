// `kubectl explain` shows types, enums and descriptions, and neither bounds nor defaults: those are told in words.
import { formatDuration, toMilliseconds } from '../resources/durations.ts'
import type { FieldMetadata } from './field-metadata.ts'
import type { StructuralSchema } from './structural-schema.ts'

/** The field with its bounds and its default at the end of its description. */
export function tellBounds(field: StructuralSchema, told: FieldMetadata): StructuralSchema {
  if (field.description === undefined) return field
  const facts = [nameBounds(field, told), nameDefault(field.default)].filter(fact => fact !== '')
  return { ...field, description: [field.description, ...facts].join(' ') }
}

function nameBounds({ type, ...field }: StructuralSchema, told: FieldMetadata): string {
  const { minDuration, maxDuration } = told
  if (minDuration !== undefined && maxDuration !== undefined) {
    return `From ${shorten(minDuration)} to ${shorten(maxDuration)}.`
  }
  if (field.minimum !== undefined) return `From ${field.minimum} to ${field.maximum}.`
  if (type === 'string' && field.maxLength !== undefined) return `At most ${field.maxLength} characters.`
  if (type === 'array') return `At most ${nameCount(field.maxItems ?? 0)}.`
  return ''
}

function shorten(duration: string): string {
  return formatDuration(toMilliseconds(duration))
}

function nameCount(entries: number): string {
  return entries === 1 ? '1 entry' : `${entries} entries`
}

/** That of an object is told by its fields, one by one. */
function nameDefault(value: unknown): string {
  return value === undefined || typeof value === 'object' ? '' : `Default: ${String(value)}.`
}
