/** An image reference without its tag and digest. A colon before the last slash is the port of a registry. */
export function repositoryOf(image: string): string {
  const [named = ''] = image.split('@', 1)
  const tagAt = named.indexOf(':', named.lastIndexOf('/') + 1)
  return tagAt === -1 ? named : named.slice(0, tagAt)
}
