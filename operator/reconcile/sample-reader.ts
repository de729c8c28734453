import type { Cancel, Change, Reader } from './ports.ts'

/** A reader that is told what it holds. */
export class SampleReader<Item> implements Reader<Item> {
  readonly #items = new Map<string, Map<string, Item>>()
  readonly #listeners = new Set<(change: Change<Item>) => void>()
  readonly #place: (item: Item) => { readonly namespace: string; readonly name: string }
  isSynced = true

  constructor(place: (item: Item) => { readonly namespace: string; readonly name: string }) {
    this.#place = place
  }

  put(after: Item): void {
    const { namespace, name } = this.#place(after)
    const shelf = this.#items.get(namespace) ?? new Map<string, Item>()
    this.#items.set(namespace, shelf)
    const before = shelf.get(name)
    shelf.set(name, after)
    this.#tell(before === undefined ? { after } : { before, after })
  }

  remove(namespace: string, name: string): void {
    const before = this.find(namespace, name)
    this.#items.get(namespace)?.delete(name)
    if (before !== undefined) this.#tell({ before })
  }

  list(): Iterable<Item> {
    return [...this.#items.values()].flatMap(shelf => [...shelf.values()])
  }

  inNamespace(namespace: string): Iterable<Item> {
    return this.#items.get(namespace)?.values() ?? []
  }

  find(namespace: string, name: string): Item | undefined {
    return this.#items.get(namespace)?.get(name)
  }

  hasSynced(): boolean {
    return this.isSynced
  }

  onChange(listener: (change: Change<Item>) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #tell(change: Change<Item>): void {
    for (const listener of [...this.#listeners]) listener(change)
  }
}
