// What every vendor's servers need to be called: which formats they read, under which paths, and how a key is shown.
import type { DialectName } from '../../crds/vocabulary.ts'
import type { EmbeddingFormat, Endpoint, FormatName, StreamFraming, WireFormat } from './dialect.ts'

/** How a credential stands in a request. */
export type CredentialScheme =
  /** `authorization: Bearer …`. */
  | { readonly kind: 'bearer' }
  /** The key alone in a header of the vendor's. */
  | {
      readonly kind: 'header'
      readonly name: string
      /** An access token in the place of a key stands where such tokens do everywhere. */
      readonly tokens?: 'bearer'
    }
  /** AWS: a signature of the whole request, or a bearer token where the credential is an API key. */
  | { readonly kind: 'aws'; readonly service: string }

/** One call whose path is asked for. */
export interface PathInput {
  readonly format: FormatName
  readonly endpoint: Endpoint
  readonly model: string
  readonly stream: boolean
  /** How the stream is wanted on the wire. */
  readonly framing: StreamFraming
  /** The provider's endpoint, without a trailing slash. */
  readonly base: string
  /** Which of several operations of one format takes the body: the flavour of the caller's surface, or what the encoder says. */
  readonly variant?: string
  /** The caller's query parameters, when its request is passed on in its own format; else nothing. */
  query(name: string): string | undefined
}

/** A vendor as a provider of the dialect that its resource names. One file each; the registry lists them. */
export interface ProviderBinding {
  readonly provider: DialectName
  /** The server behind this endpoint reads a body of this format as it is. */
  speaks(format: FormatName, endpoint: string): boolean
  /** The format that a request is translated to. */
  readonly completion: WireFormat
  /** Absent: the vendor has no embeddings. */
  readonly embeddings?: EmbeddingFormat
  /** How its streams come when a request was translated. */
  readonly framing: StreamFraming
  /** Behind the endpoint, query included; undefined when there is no such operation or the model cannot stand in a path. */
  path(input: PathInput): string | undefined
  /** By the endpoint, because one vendor may take different keys under different names. */
  credential(endpoint: string): CredentialScheme
}
