import type { SendHandle } from 'node:child_process'
import type { Server } from 'node:net'

/**
 * The operating system's side of a listening socket: can be handed to another process and accepts nothing where nobody
 * listens on it. Node documents that `listen` takes "anything with an underlying `_handle`".
 */
export type SocketHandle = object

/** Handle of a server that listens. @throws Error when it does not. */
export function handleOf(server: Server): SocketHandle {
  const handle: unknown = '_handle' in server ? server._handle : null
  if (typeof handle === 'object' && handle !== null) return handle
  throw new Error('the server does not listen')
}

/** The handle as `send` takes it. */
export function sendable(handle: SocketHandle): SendHandle {
  // Node's types name only servers and sockets; send also passes bare handles of TCP and Unix sockets.
  return handle as SendHandle
}

/** Gives up this process's share of a socket; the others keep theirs. */
export function closeHandle(handle: SocketHandle): void {
  if ('close' in handle && typeof handle.close === 'function') handle.close()
}
