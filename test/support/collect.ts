/** Everything that a stream yields, in order. */
export async function collect<Item>(stream: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = []
  for await (const item of stream) items.push(item)
  return items
}
