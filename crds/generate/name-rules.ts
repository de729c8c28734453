// Rules about names, used on several kinds.
import { credentialHeaders, credentialWord } from '../resources/headers.ts'
import { quote, quoteList } from './cel-text.ts'
import type { CelRule } from './structural-schema.ts'

/** `self` is the name of a header that carries no key. */
export function namesNoCredential(): string {
  const name = 'self.lowerAscii()'
  return `!(${name} in ${quoteList([...credentialHeaders])}) && !${name}.matches(${quote(credentialWord.source)})`
}

/**
 * No two entries of the list have the same name, `nameOf` being an expression. Which one is repeated cannot be told: what
 * comes out of a filter has no bound any more, and the cost of putting it into a text is estimated without end.
 */
export function namesAreUnique(message: string, nameOf: (entry: string) => string): CelRule {
  return {
    rule: `self.all(one, self.exists_one(other, ${nameOf('other')} == ${nameOf('one')}))`,
    message,
  }
}
