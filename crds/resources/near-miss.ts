/** Longer words are not compared: nobody mistypes them by a letter, and the comparison takes the product of both lengths. */
const maxWordLength = 40

/** The candidate that the writer most likely meant, or undefined when none is near. Case and separators weigh nothing. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  if (word.length === 0 || word.length > maxWordLength) return undefined
  const plain = simplify(word)
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const distance = editDistance(plain, simplify(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  // A third of the letters may differ: `retries` means `retry`, `foo` means nothing.
  return bestDistance <= Math.max(1, Math.floor(plain.length / 3) + (plain.length > 6 ? 1 : 0))
    ? best
    : onlyOneThatGoesOn(plain, candidates)
}

/** `azure` means `AzureOpenAI` as long as nothing else begins so. */
function onlyOneThatGoesOn(beginning: string, candidates: readonly string[]): string | undefined {
  if (beginning.length < shortestBeginning) return undefined
  const [only, ...others] = candidates.filter(candidate => simplify(candidate).startsWith(beginning))
  return others.length === 0 ? only : undefined
}

const shortestBeginning = 4

/** ` (did you mean "retry"?)`, or nothing. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const nearest = nearestWord(word, candidates)
  return nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_. ]/g, '')
}

/** Insertions, deletions, substitutions and swapped neighbours, each counting one. */
function editDistance(left: string, right: string): number {
  let beforePrevious: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1]
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current.push(
        Math.min(
          (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          isSwap && row > 1 ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length] ?? left.length
}
