import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { HostIdentity } from './host-identity.ts'

// Kept beside the connection and never in the request: nothing that a client sends can stand in for it.
const hosts = new WeakMap<Socket, HostIdentity>()

/** Remembers whom a connection was authenticated as. */
export function setHost(socket: Socket, identity: HostIdentity): void {
  hosts.set(socket, identity)
}

/** The host that sent a request over mTLS; undefined for a request of this host and for a stranger. */
export function hostOf(request: IncomingMessage): HostIdentity | undefined {
  return hosts.get(request.socket)
}
