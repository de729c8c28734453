// Pods come from anybody: they are read field by field, and nothing is believed to be there.

export type Fields = Readonly<Record<string, unknown>>

const none: Fields = Object.freeze({})

/** The object itself, or an empty one in place of anything else. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return none
  return value as Fields
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The value of an own member: names are somebody else's, and `constructor` is one like any other. */
export function memberOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}
