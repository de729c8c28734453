// Takes credentials out of a provider's text before its caller reads it. Providers echo keys: whole, or as `sk-ab***yz`.
import type { Confidential } from './confidential.ts'
import { isRecord, parseJson } from './error-facts.ts'
import { findMaskedEchoes, findSecretPieces, type Span } from './secret-echoes.ts'

const mask = '[redacted]'

/** Below this a "secret" is a placeholder: only as a word of its own, or half the text would go with it. */
const shortestEmbedded = 6

/** What keys of well-known vendors look like, whoever they belong to. Each alternative is linear in the text. */
const knownKeys = new RegExp(
  [
    // OpenAI, Anthropic, OpenRouter, DeepSeek …; the part behind the prefix may be masked already.
    String.raw`\b(?:sk|rk|pk)-(?:[A-Za-z0-9_-]{0,64}[*•…]+[A-Za-z0-9_*•…-]*|[A-Za-z0-9_-]{12,})`,
    String.raw`\bAIza[A-Za-z0-9_*•…-]{6,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9*•…]{8,}`,
    String.raw`\b(?:gsk|hf|r8|fw|tgp|csk|ghp|gho|github_pat)_[A-Za-z0-9_*•…]{6,}`,
    String.raw`\b(?:xai|pplx|nvapi|pa|co|tvly)-[A-Za-z0-9_*•…-]{16,}`,
    // JSON Web Tokens, signed or not.
    String.raw`\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?`,
  ].join('|'),
  'g',
)

/** The scheme stays, what follows it goes; "Bearer authentication" and the like are words, not tokens. */
const authorization = /\b(Bearer|Basic)(\s{1,8})([A-Za-z0-9._~+/*•…-]{6,}={0,2})/gi
const looksLikeToken = /[\d*•…]|^.{24,}$/

/** The text with every given credential, its partial echoes and well-known key shapes replaced. */
export function maskSecrets(text: string, secrets: readonly Confidential[]): string {
  const values = secrets.flatMap(secret => partsOf(secret.reveal()))
  let masked = text
  // Longest first, so that a key that contains another one leaves nothing behind.
  for (const value of values.flatMap(spellings).toSorted((one, other) => other.length - one.length)) {
    masked = value.length >= shortestEmbedded ? masked.replaceAll(value, mask) : maskWord(masked, value)
  }
  masked = masked.replace(knownKeys, mask).replace(authorization, maskToken)
  masked = cutOut(masked, findMaskedEchoes(masked, values))
  return cutOut(masked, findSecretPieces(masked, values))
}

function maskToken(whole: string, scheme: string, space: string, token: string): string {
  return looksLikeToken.test(token) ? `${scheme}${space}${mask}` : whole
}

/** A credential may be several in one: the JSON of a cloud account. */
function partsOf(secret: string): readonly string[] {
  const trimmed = secret.trim()
  const parsed = trimmed.startsWith('{') ? parseJson(trimmed) : undefined
  const parts = isRecord(parsed)
    ? Object.values(parsed).filter(value => typeof value === 'string')
    : [trimmed]
  return parts.filter(part => part !== '')
}

/** The ways in which a credential may stand in a text or a JSON body. */
function spellings(secret: string): readonly string[] {
  const found = new Set([secret, JSON.stringify(secret).slice(1, -1), secret.replaceAll('/', '\\/')])
  found.add(encodeURIComponent(secret.toWellFormed()))
  if (secret.length >= shortestEmbedded) found.add(Buffer.from(secret).toString('base64'))
  return [...found]
}

function maskWord(text: string, word: string): string {
  const escaped = word.replace(/[^A-Za-z0-9]/g, character => `\\u{${character.codePointAt(0)?.toString(16)}}`)
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'gu'), mask)
}

function cutOut(text: string, spans: readonly Span[]): string {
  if (spans.length === 0) return text
  let result = ''
  let from = 0
  for (const { start, end } of spans.toSorted((one, other) => one.start - other.start)) {
    if (end <= from) continue
    result += text.slice(from, Math.max(from, start)) + (start >= from ? mask : '')
    from = end
  }
  return result + text.slice(from)
}
