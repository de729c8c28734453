// Base URLs that are allowed and hardly meant: every call would meet a 404.

/** What clients put behind a base URL, and people who copy an address from a page leave on it. */
const operation =
  /\/(?:chat\/completions|completions|responses|embeddings|messages(?:\/count_tokens)?|models|embed)$/

/** What is likely wrong with an endpoint that can be called, and what is likely meant; undefined: nothing. */
export function adviseEndpoint(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { host, pathname } = new URL(url)
  const [found] = operation.exec(pathname) ?? []
  if (found !== undefined) {
    return `ends with ${found}, to which each call adds its own: ${url.slice(0, -found.length)} is likely meant`
  }
  if (host === 'api.openai.com' && pathname === '/') {
    return 'has no version: https://api.openai.com/v1 is likely meant'
  }
  return undefined
}
