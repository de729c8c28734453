// Resolves a provider's name and checks every address before it is connected to. The connection goes to the very address
// that was checked: there is no second look-up that a hostile DNS could answer differently.
import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { admitsAddress } from '../../crds/resources/endpoint.ts'

interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** Resolves a host name to all its addresses. */
export type Resolve = (
  host: string,
  done: (error: Error | null, addresses: readonly ResolvedAddress[]) => void,
) => void

export const systemResolve: Resolve = (host, done) =>
  systemLookup(host, { all: true }, (error, found) => done(error, found ?? []))

/** Error of an address that no provider may have. Its code is known to the classifier as a connection that never was. */
export class AddressDenied extends Error {
  readonly code = 'EADDRDENIED'
  constructor() {
    super('the name of the provider leads to an address that is not allowed')
    this.name = 'AddressDenied'
  }
}

export function guardedLookup(resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, found) => {
      if (error !== null) return callback(error, [])
      const admitted = found.filter(({ address }) => admitsAddress(host, address))
      const [first] = admitted
      if (first === undefined) return callback(new AddressDenied(), [])
      if (options.all) callback(null, [...admitted])
      else callback(null, first.address, first.family)
    })
  }
}
