import { cohere } from './support/callers/cohere.ts'
import { playScenes } from './support/play-scenes.ts'

playScenes(cohere, 'cohere')
