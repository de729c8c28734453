// What one container is given, decided from the variables that it has. Pure data in, pure data out.
import {
  type AddressGroup,
  keyVariables,
  type VendorFamily,
  vendorFamilies,
} from './intercepted-variables.ts'
import { isPlaceholder, placeholder, referenceTo } from './placeholder.ts'
import { chooseProxyExceptions } from './proxy-exceptions.ts'
import { type ContainerReading, hasUnseenVariables, readVariables, type VariableReading } from './read-pod.ts'
import type { Fields } from './untrusted.ts'

export interface VariableChoice {
  /** To be put at the end. */
  readonly added: readonly EnvironmentVariable[]
  /** New values of variables that are there. */
  readonly changed: readonly { readonly index: number; readonly value: string }[]
  /** Names: settings of the app because of which something was not set. */
  readonly kept: readonly string[]
  /** Names of provider keys that the app can read. */
  readonly exposed: readonly string[]
}

export interface ContainerChoice {
  readonly container: ContainerReading
  readonly choice: VariableChoice
}

export interface EnvironmentVariable {
  readonly name: string
  readonly value: string
}

/** As far as one container is concerned. */
interface Situation {
  readonly variables: ReadonlyMap<string, VariableReading>
  /** Names of those that somebody else than this webhook has set. */
  readonly foreign: ReadonlySet<string>
  readonly hasUnseen: boolean
}

export function chooseVariables(container: Fields): VariableChoice {
  const variables = new Map(readVariables(container).map(variable => [variable.name, variable]))
  const foreign = new Set([...variables.values()].filter(isForeign).map(({ name }) => name))
  const situation = { variables, foreign, hasUnseen: hasUnseenVariables(container) }
  const choices = vendorFamilies.map(family => chooseForFamily(family, situation))
  const proxies = chooseProxyExceptions(situation)
  return {
    added: [...choices.flatMap(({ added }) => added), ...proxies.added].filter(
      ({ name }) => !variables.has(name),
    ),
    changed: proxies.changed,
    kept: [...choices.flatMap(({ kept }) => kept), ...proxies.kept],
    exposed: [...foreign].filter(name => keyVariables.has(name) && variables.get(name)?.value !== ''),
  }
}

function chooseForFamily(
  { addresses, key }: VendorFamily,
  situation: Situation,
): Pick<VariableChoice, 'added' | 'kept'> {
  const groups = addresses.map(group => chooseForGroup(group, situation))
  const set = groups.flatMap(({ added }) => added)
  const kept = groups.flatMap(group => group.kept)
  const { foreign, hasUnseen } = situation
  if (key === undefined || set.length === 0) return { added: set, kept }
  const isNeedless = [key.variable, ...key.needlessWith].some(
    name => foreign.has(name) && isOn(name, situation),
  )
  if (isNeedless) return { added: set, kept }
  const value = hasUnseen ? referenceTo(key.variable) : placeholder
  return { added: [...set, { name: key.variable, value }], kept }
}

/** What is there already with our own value is chosen again: asked twice, the answer is the same. */
function chooseForGroup(group: AddressGroup, { foreign }: Situation): Pick<VariableChoice, 'added' | 'kept'> {
  const { variables, value, onlyWith, neverWith } = group
  const names = [...foreign]
  if (onlyWith !== undefined && !names.some(name => onlyWith.test(name))) return { added: [], kept: [] }
  const own = variables.filter(name => foreign.has(name))
  if (own.length > 0) return { added: [], kept: own }
  if (neverWith !== undefined && names.some(name => neverWith.test(name))) {
    return { added: [], kept: variables }
  }
  return { added: variables.map(name => ({ name, value })), kept: [] }
}

const ownValues: ReadonlyMap<string, string> = new Map(
  vendorFamilies.flatMap(({ addresses }) =>
    addresses.flatMap(({ variables, value }) => variables.map(name => [name, value] as const)),
  ),
)

function isForeign({ name, value }: VariableReading): boolean {
  if (value === undefined) return true
  return ownValues.get(name) !== value && !isPlaceholder(name, value)
}

/** A switch that says no is no sign of what it switches. */
function isOn(name: string, { variables }: Situation): boolean {
  if (!name.startsWith('GOOGLE_GENAI_USE_')) return true
  return !/^(false|0|)$/i.test(variables.get(name)?.value ?? 'elsewhere')
}
