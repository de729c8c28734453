import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, StreamPart } from '../completion.ts'

/** A frame tells the class of its exception by its name, a plain error body by its `__type`. */
export function decodeException(payload: JsonObject, name: string): readonly StreamPart[] {
  const error = name === '' ? payload : { ...payload, code: name }
  return [{ kind: 'error', failure: classifyInBandError({ dialect: 'Bedrock', error }) }]
}
