import OpenAI from 'openai'
import { openAiChat } from './support/callers/openai-chat.ts'
import { openAiResponses } from './support/callers/openai-responses.ts'
import { playScenes } from './support/play-scenes.ts'

const apiKey = 'a placeholder'

playScenes(
  openAiChat('openai, chat', (url, options) => new OpenAI({ apiKey, baseURL: `${url}/v1`, ...options })),
  'openai',
)

playScenes(
  openAiResponses(
    'openai, responses',
    (url, options) => new OpenAI({ apiKey, baseURL: `${url}/v1`, ...options }),
  ),
  'openai',
)
