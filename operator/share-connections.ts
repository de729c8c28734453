// Every pod of the cluster can reach the operator's listeners. Places on them are bounded, so whoever opens connections and says
// nothing could take them all, and memory with them: this leaves some to everybody else.
import type { Server, Socket } from 'node:net'

export interface ConnectionShares {
  /** It has shown what it is for: from now on it does not count. */
  release(socket: OtherEnd): void
}

type OtherEnd = Pick<Socket, 'remoteAddress' | 'remotePort'>

/** Connections beyond the share of their address are closed before anything is read from them. */
export function shareConnections(server: Server, mostPerAddress: number): ConnectionShares {
  const taken = new Map<string, number>()
  /** By address and port of the other end, which a socket and the TLS around it have in common. */
  const counted = new Map<string, () => void>()
  const count = (socket: Socket, address: string): void => {
    const end = nameEnd(socket)
    const discount = () => {
      counted.delete(end)
      socket.off('close', discount)
      const left = (taken.get(address) ?? 0) - 1
      if (left > 0) taken.set(address, left)
      else taken.delete(address)
    }
    counted.set(end, discount)
    socket.once('close', discount)
    taken.set(address, (taken.get(address) ?? 0) + 1)
  }
  server.prependListener('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined) return
    if ((taken.get(remoteAddress) ?? 0) < mostPerAddress) count(socket, remoteAddress)
    else socket.destroy()
  })
  return {
    release(socket) {
      counted.get(nameEnd(socket))?.()
    },
  }
}

function nameEnd({ remoteAddress = '', remotePort = 0 }: OtherEnd): string {
  return `${remoteAddress} ${remotePort}`
}
