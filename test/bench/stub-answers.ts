// The provider's answers as bytes, made once.

function answerOf(status: string, body: unknown): Buffer {
  const text = JSON.stringify(body)
  return Buffer.from(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

const sentence = 'Sunlight is scattered by the air, and blue light is scattered the most. '.repeat(4)

export const chatAnswer = answerOf('200 OK', {
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'gpt-4o-2024-08-06',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: sentence, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 70,
    completion_tokens: 60,
    total_tokens: 130,
    prompt_tokens_details: { cached_tokens: 0 },
  },
})

export const messagesAnswer = answerOf('200 OK', {
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: sentence }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 70, output_tokens: 60 },
})

/** Not counted against a breaker, so that every request meets it again. */
export const modelMissingAnswer = answerOf('404 Not Found', {
  error: {
    message: 'The model does not exist',
    type: 'invalid_request_error',
    param: null,
    code: 'model_not_found',
  },
})

export const serverErrorAnswer = answerOf('500 Internal Server Error', {
  error: { message: 'The server had an error', type: 'server_error', param: null, code: null },
})

export const streamHead = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
)

function eventOf(choice: unknown): Buffer {
  const data = JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_760_000_000,
    model: 'gpt-4o-2024-08-06',
    system_fingerprint: 'fp_bench',
    choices: [choice],
  })
  const event = `data: ${data}\n\n`
  return Buffer.from(`${event.length.toString(16)}\r\n${event}\r\n`)
}

export const firstEvent = eventOf({
  index: 0,
  delta: { role: 'assistant', content: '' },
  finish_reason: null,
})
export const textEvent = eventOf({
  index: 0,
  delta: { content: ' word' },
  logprobs: null,
  finish_reason: null,
})
export const lastEvents = Buffer.concat([
  eventOf({ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }),
  Buffer.from('e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n'),
])
