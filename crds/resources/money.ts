// Money is a decimal string in US dollars: YAML would turn 2.50 into a binary fraction.
import * as z from 'zod/mini'

export const moneyPattern = '^[0-9]{1,9}(\\.[0-9]{1,9})?$'

const grammar = new RegExp(moneyPattern)
const expected = 'money is a decimal text in US dollars, in quotes: "2.50"'

/** US dollars of `2.50`; undefined when the text is not money. */
export function parseMoney(text: string): number | undefined {
  return grammar.test(text) ? Number(text) : undefined
}

/**
 * US dollars of a text that a schema has let through.
 * @throws RangeError for any other text: the caller forgot to validate.
 */
export function toDollars(money: string): number {
  const dollars = parseMoney(money)
  if (dollars === undefined) throw new RangeError('an amount reached the compiler unchecked')
  return dollars
}

export function money(description: string) {
  return z.string({ error: expected }).check(
    z.meta({ description, pattern: moneyPattern, maxLength: 19, expected }),
    z.check(context => {
      if (grammar.test(context.value)) return
      context.issues.push({
        code: 'custom',
        message: expected,
        input: context.value,
        params: { isPublic: true },
      })
    }),
  )
}
