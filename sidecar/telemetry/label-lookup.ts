// Finds a cell by label values, one after the other: names of a snapshot are the same strings again and again, whose
// hashes are known, while a joined key would be a new string to build and hash for every observation.
import type { Labels } from './series-family.ts'

interface Place<Cell> {
  readonly next: Map<string, Place<Cell>>
  cell: Cell | undefined
}

export class LabelLookup<Cell> {
  readonly #names: readonly string[]
  #start: Place<Cell> = emptyPlace()

  constructor(names: readonly string[]) {
    this.#names = names
  }

  find(labels: Labels): Cell | undefined {
    let place: Place<Cell> | undefined = this.#start
    const names = this.#names
    for (let index = 0; index < names.length && place !== undefined; index += 1) {
      place = place.next.get(labels[names[index] ?? ''] ?? '')
    }
    return place?.cell
  }

  add(labels: Labels, cell: Cell): void {
    let place = this.#start
    for (const name of this.#names) {
      const value = labels[name] ?? ''
      const next: Place<Cell> = place.next.get(value) ?? emptyPlace()
      place.next.set(value, next)
      place = next
    }
    place.cell = cell
  }

  clear(): void {
    this.#start = emptyPlace()
  }
}

function emptyPlace<Cell>(): Place<Cell> {
  return { next: new Map(), cell: undefined }
}
