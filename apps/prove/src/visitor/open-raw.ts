import { connect } from 'node:net'
import type { Target } from './visitor.ts'

/** A connection on which the attacker decides every byte. */
export interface RawConnection {
  write(text: string): void
  /** False once the other side, or an error, has ended it. */
  isOpen(): boolean
  close(): void
}

/** Opens a connection from that address; never throws, a refused one is just not open. */
export function openRaw(target: Target, address: string): RawConnection {
  const socket = connect({ host: target.host, port: target.port, localAddress: address })
  let open = true
  const end = (): void => {
    open = false
  }
  socket.on('error', end)
  socket.on('close', end)
  socket.on('end', end)
  // Whatever the other side says is read and forgotten, so that its end is noticed.
  socket.resume()
  return {
    write: (text) => {
      if (open) socket.write(text)
    },
    isOpen: () => open,
    close: () => socket.destroy(),
  }
}
