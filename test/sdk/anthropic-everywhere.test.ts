import { anthropic } from './support/callers/anthropic.ts'
import { playScenes } from './support/play-scenes.ts'

playScenes(anthropic, 'anthropic')
