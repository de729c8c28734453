import { mistral } from './support/callers/mistral.ts'
import { playScenes } from './support/play-scenes.ts'

playScenes(mistral, 'openai')
