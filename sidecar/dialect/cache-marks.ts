import type { CompletionRequest, ContentPart } from './completion.ts'

/** For formats that cannot mark what a provider is to keep: every mark is named as lost. */
export function noteCacheMarks(request: CompletionRequest, lost: Set<string>): void {
  for (const message of request.messages) {
    if (!message.content.some(isMarked)) continue
    lost.add(message.role === 'system' ? 'system.cache_control' : 'messages.content.cache_control')
  }
  if (request.tools.some(tool => tool.cacheControl !== undefined)) lost.add('tools.cache_control')
}

function isMarked(part: ContentPart): boolean {
  return 'cacheControl' in part && part.cacheControl !== undefined
}
