import type { Socket } from 'node:net'

/**
 * Bytes that were given to the socket and not yet taken by the kernel. `writableLength` counts a chunk as a whole
 * until its last byte is gone, which hides a reader that takes one byte a second; libuv's own count does not. Where
 * that count is missing the coarser one serves.
 */
export function pendingBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle')
  if (typeof handle === 'object' && handle !== null && 'writeQueueSize' in handle) {
    if (typeof handle.writeQueueSize === 'number') return handle.writeQueueSize
  }
  return socket.writableLength
}
