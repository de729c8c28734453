// Small facts about the callers' wire formats that matter only where bytes meet a socket.
import type { WireFormat } from '../dialect/dialect.ts'

export interface CallerFormat {
  /** The response header under which this vendor's clients look for a request id. */
  readonly requestIdHeader: string
  /** Ids of answers begin like this. */
  readonly answerIdPrefix: string
  /** What ends a stream whose provider ended it without. */
  readonly terminalMarker: string
}

export const callerFormats: Readonly<Record<WireFormat, CallerFormat>> = {
  'openai-chat': {
    requestIdHeader: 'x-request-id',
    answerIdPrefix: 'chatcmpl-',
    terminalMarker: 'data: [DONE]\n\n',
  },
  'anthropic-messages': {
    requestIdHeader: 'request-id',
    answerIdPrefix: 'msg_',
    terminalMarker: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  },
}
