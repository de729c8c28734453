/** A model as one segment of a path; undefined for a name that a server could take for a step up the path. */
export function pathSegment(model: string): string | undefined {
  return model === '' || model === '.' || model === '..' || !model.isWellFormed()
    ? undefined
    : encodeURIComponent(model)
}
