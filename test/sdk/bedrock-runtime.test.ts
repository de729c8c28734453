import { bedrockConverse } from './support/callers/bedrock-converse.ts'
import { bedrockInvoke } from './support/callers/bedrock-invoke.ts'
import { playScenes } from './support/play-scenes.ts'

playScenes(bedrockConverse, 'bedrock')
playScenes(bedrockInvoke, 'bedrock')
