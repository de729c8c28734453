// Whose body a model reads behind `invoke`, told by its id.

/** `us.anthropic.claude-…`, `arn:aws:bedrock:…:foundation-model/anthropic.claude-…`: the vendor before the model's own name. */
const familyInId = /^(?:[a-z]{2,6}(?:-[a-z]{2,4})?\.)?([a-z0-9-]+)\.[a-z]/

/** Undefined for an id that does not tell, such as the ARN of a profile of one's own. */
export function modelFamily(model: string): string | undefined {
  const id = model.toLowerCase()
  const name = id.startsWith('arn:') ? id.slice(id.lastIndexOf('/') + 1) : id
  return familyInId.exec(name)?.[1]
}
