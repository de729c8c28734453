// What stands in place of a key: clients insist on one, the sidecar never looks at it.

export const placeholder = 'llm-fallback-placeholder'

/**
 * A reference to itself: the kubelet puts in the value that `envFrom` brings, and leaves the text as it is where there is none.
 * So a key that the webhook cannot see is not covered up, and there is something that is not empty in any case.
 */
export function referenceTo(variable: string): string {
  return `$(${variable})`
}

export function isPlaceholder(variable: string, value: string | undefined): boolean {
  return value === placeholder || value === referenceTo(variable)
}
