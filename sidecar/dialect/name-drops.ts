// What a translation lost, in the caller's own words.

/** The caller's own words for what encoders report. */
export interface DropNames {
  readonly parameterNames: Readonly<Record<string, string | undefined>>
  readonly contentNames?: Readonly<Record<string, string>>
}

/** Header and audit stay small. */
const maxDrops = 30

/** Sorted, without duplicates. */
export function nameDrops(
  caller: DropNames,
  request: { readonly untranslated: readonly string[] },
  lost: readonly string[],
): readonly string[] {
  const names = new Set(request.untranslated)
  for (const name of lost)
    names.add(wordFor(name, caller.parameterNames) ?? wordFor(name, caller.contentNames ?? {}) ?? name)
  return [...names].sort().slice(0, maxDrops)
}

function wordFor(name: string, words: Readonly<Record<string, string | undefined>>): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined
}
