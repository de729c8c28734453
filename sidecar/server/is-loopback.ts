/** IPv4 in either spelling, and IPv6. A connection that is gone already has no address, and counts as from elsewhere. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i.test(address)
}
