import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import type { Target } from '../visitor/visitor.ts'

/** A port that passes bytes on from another source address. */
export interface Relay {
  readonly port: number
  close(): Promise<void>
}

/**
 * Gives a browser, which cannot choose its source address, the one of its cell: it connects to the relay, and the
 * relay to the target from `address`.
 */
export async function startRelay(target: Target, address: string): Promise<Relay> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    const outgoing = connect({
      host: target.host,
      port: target.port,
      localAddress: address,
      allowHalfOpen: true,
    })
    keep(incoming)
    keep(outgoing)
    incoming.pipe(outgoing).pipe(incoming)
    incoming.once('error', () => outgoing.destroy())
    outgoing.once('error', () => incoming.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
