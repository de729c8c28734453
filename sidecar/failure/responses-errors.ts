// Codes of a response that failed (OpenAI Responses). They come inside a 200 and without a type beside them.

/** The vendor's policy stopped the answer. */
export const responsesPolicyWords: readonly string[] = [
  'bio_policy',
  'misalignment_policy_violation',
  'image_content_policy_violation',
]

/** A picture that the caller sent is at fault. */
const unreadablePictures: readonly string[] = [
  'invalid_image',
  'invalid_image_format',
  'invalid_base64_image',
  'invalid_image_url',
  'invalid_image_mode',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'image_file_too_large',
  'image_file_not_found',
  'unsupported_image_media_type',
  'empty_image_file',
  'failed_to_download_image',
]

/** The HTTP status that each of the others would have had. */
export const responsesStatusOfWord: Readonly<Record<string, number>> = {
  vector_store_timeout: 504,
  ...Object.fromEntries(unreadablePictures.map(word => [word, 400])),
}
