// The admin listener is open to every pod of the cluster. Whoever takes all of its places makes the probes fail, and the kubelet
// ends a sidecar whose probes fail: so nobody gets them all.
import type { Server, Socket } from 'node:net'

/** Connections beyond these are closed before anything is read from them. */
export function boundPerAddress(server: Server, most: number): void {
  const taken = new Map<string, number>()
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return
    const already = taken.get(remoteAddress) ?? 0
    if (already >= most) return void socket.destroy()
    taken.set(remoteAddress, already + 1)
    socket.once('close', () => {
      const left = (taken.get(remoteAddress) ?? 0) - 1
      if (left > 0) taken.set(remoteAddress, left)
      else taken.delete(remoteAddress)
    })
  })
}
