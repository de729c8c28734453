// Thousands of pods carry the same few labels, nodes and accounts: each distinct value is kept once.

/** A table that grows without end would cost what it saves; starting over costs some sharing only. */
const mostEntries = 4096

type Labels = Readonly<Record<string, string>>

export class SharedValues {
  readonly #texts = new Map<string, string>()
  readonly #labels = new Map<string, Labels>()

  text(value: string): string {
    return share(this.#texts, value, value)
  }

  labels(value: Labels): Labels {
    return share(this.#labels, JSON.stringify(value), value)
  }
}

function share<Value>(table: Map<string, Value>, key: string, value: Value): Value {
  const known = table.get(key)
  if (known !== undefined) return known
  if (table.size >= mostEntries) table.clear()
  table.set(key, value)
  return value
}
