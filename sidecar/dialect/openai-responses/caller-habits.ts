// What OpenAI's clients expect around a Responses request.
import { othersClientsInJava } from '../clients-in-java.ts'
import type { CallerHabits, Surface, UnservedPath } from '../dialect.ts'
import { surfacesOf } from '../openai-chat/caller-habits.ts'

/** Azure keeps the deployment in the body; some of its clients write it into the path all the same. */
export const surfaces: readonly Surface[] = surfacesOf('responses', 'completion')

export const habits: CallerHabits = {
  requestIdHeader: 'x-request-id',
  answerIdPrefix: 'resp_',
  // The last event carries the whole answer: none can be made up in advance.
  terminalMarker: '',
  missesErrorEvents: othersClientsInJava,
  forwardedHeaders: ['openai-organization', 'openai-project', 'openai-beta'],
  bookkeeping: new Set([
    'stream',
    'stream_options',
    'user',
    'safety_identifier',
    'metadata',
    'store',
    'service_tier',
    'prompt_cache_key',
    'prompt_cache_retention',
    'prompt_cache_options',
  ]),
}

/** Whatever lies at one vendor under an id is nobody else's to show, and no fallback could find it. */
export const unserved: readonly UnservedPath[] = [
  {
    path: /^(?:\/openai)?(?:\/v1)?\/responses\/compact$/,
    name: 'compacting a conversation (Responses API)',
  },
  {
    path: /^(?:\/openai)?(?:\/v1)?\/responses\/input_tokens$/,
    name: 'counting tokens of a Responses request',
  },
  {
    path: /^(?:\/openai)?(?:\/v1)?\/responses\/[^/]+\/cancel$/,
    name: 'cancelling a stored response (Responses API)',
  },
  {
    path: /^(?:\/openai)?(?:\/v1)?\/responses\/[^/]+(?:\/.*)?$/,
    name: 'reading and deleting stored responses (Responses API)',
  },
  { path: /^(?:\/openai)?(?:\/v1)?\/conversations(?:\/|$)/, name: 'stored conversations' },
  // POST is served; what is left is an upgrade to a websocket.
  {
    path: /^(?:\/openai)?(?:\/v1)?\/responses$/,
    name: 'the websocket mode of the Responses API',
  },
]
