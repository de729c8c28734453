// Compares a full list with what the watch has told. The watch goes on meanwhile, so nothing is judged before the watch has
// come to the version of the list: what is still different then, the watch has missed.
import { compareVersions, isLater } from './compare-versions.ts'
import type { Page } from './list-pages.ts'
import { keyText, type ObjectKey, type Store } from './store.ts'

interface Suspect<Item> {
  readonly key: ObjectKey
  readonly item: Item
  readonly version: string
}

export class RelistAudit<Item> {
  readonly #store: Store<Item>
  readonly #project: (object: unknown) => Item | undefined
  readonly #seen = new Set<string>()
  /** Objects that the watch saw go since the list began, with the version of the deletion. */
  readonly #deleted = new Map<string, string>()
  #suspects: Suspect<Item>[] = []
  #hasUnlisted = false
  #listVersion = ''

  constructor(store: Store<Item>, project: (object: unknown) => Item | undefined) {
    this.#store = store
    this.#project = project
  }

  /** Version that the watch has to reach before `settle`. */
  get listVersion(): string {
    return this.#listVersion
  }

  /** Nothing differs, so there is nothing to wait for. */
  get isClean(): boolean {
    return this.#suspects.length === 0 && !this.#hasUnlisted
  }

  noteDeletion(key: ObjectKey, version: string): void {
    this.#deleted.set(keyText(key), version)
  }

  addPage(page: Page): void {
    this.#listVersion = page.resourceVersion
    for (const { head, object } of page.objects) {
      const held = this.#store.versionOf(head)
      if (held === head.resourceVersion) {
        this.#seen.add(keyText(head))
        continue
      }
      const item = this.#project(object)
      if (item === undefined) continue
      this.#seen.add(keyText(head))
      const { namespace, name, resourceVersion: version } = head
      this.#suspects.push({ key: { namespace, name }, item, version })
    }
  }

  /** After the last page: what is held but was not listed is suspect as well. */
  finish(): void {
    this.#hasUnlisted = this.#unlisted().length > 0
  }

  /**
   * Puts right what the watch has missed and says how much that was.
   * @param position version up to which the watch has told everything.
   */
  settle(position: string): number {
    const writes = this.#suspects.filter(suspect => this.#missedWrite(suspect, position))
    const deletions = this.#unlisted().filter(key => this.#missedDeletion(key, position))
    for (const { key, item, version } of writes) this.#store.put(key, item, version)
    for (const key of deletions) this.#store.remove(key)
    return writes.length + deletions.length
  }

  #unlisted(): readonly ObjectKey[] {
    return [...this.#store.keys()].filter(key => !this.#seen.has(keyText(key)))
  }

  #missedWrite({ key, version }: Suspect<Item>, position: string): boolean {
    if (!hasComeTo(position, version)) return false
    const held = this.#store.versionOf(key)
    if (held !== undefined) return isLater(version, held)
    const deletedAt = this.#deleted.get(keyText(key))
    return deletedAt === undefined || isLater(version, deletedAt)
  }

  #missedDeletion(key: ObjectKey, position: string): boolean {
    const held = this.#store.versionOf(key)
    // Later than the list: made anew since.
    return held !== undefined && hasComeTo(position, this.#listVersion) && hasComeTo(this.#listVersion, held)
  }
}

function hasComeTo(position: string, version: string): boolean {
  return (compareVersions(position, version) ?? -1) >= 0
}
