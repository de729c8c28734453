// A node of a JSON Schema, as far as it is looked at here.

export interface SchemaNode {
  readonly properties?: object
  readonly [keyword: string]: unknown
}

export function isNode(value: unknown): value is SchemaNode {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !('properties' in value) || (typeof value.properties === 'object' && value.properties !== null)
}
