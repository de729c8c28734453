import { googleGenAi } from './support/callers/google-genai.ts'
import { playScenes } from './support/play-scenes.ts'

playScenes(googleGenAi, 'gemini')
