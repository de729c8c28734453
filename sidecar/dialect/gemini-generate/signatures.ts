// Thought signatures are state of Google's models. The neutral form holds them with a mark, so that a signature of any
// other vendor can never be taken for one of Google's, nor one of Google's leave unrecognised.

const mark = 'gemini:'

/** What Google documents for calls that its models did not make; newer models refuse a call without any signature. */
export const foreignCallSignature = 'skip_thought_signature_validator'

/**
 * The same bytes for callers: a signature is base64, which Google reads in both its alphabets and writes in the common one.
 * Clients with strict readers, those in Go and Java among them, lose the whole answer over an underscore.
 */
export const foreignCallSignatureForCallers: string = foreignCallSignature.replaceAll('_', '/')

/** The stand-in, in the alphabet of whichever client has kept it. */
export function isStandIn(signature: string): boolean {
  return signature === foreignCallSignature || signature === foreignCallSignatureForCallers
}

/** The neutral form of a signature; undefined for none and for the stand-in, which says nothing. */
export function decodeSignature(signature: string | undefined): string | undefined {
  if (signature === undefined || isStandIn(signature)) return undefined
  return mark + signature
}

/** The signature for the wire; undefined for another vendor's. */
export function encodeSignature(signature: string | undefined): string | undefined {
  return signature?.startsWith(mark) ? signature.slice(mark.length) : undefined
}
