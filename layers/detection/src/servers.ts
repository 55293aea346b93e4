import { createServer } from 'node:http'
import type { Server, ServerOptions } from 'node:http'

/** Limits of our listeners: nothing that a bouncer or a console sends comes near them. */
export const serverLimits: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
}
/** Connections at one time over TCP. */
export const maxConnections = 512

/** Listens on an address; resolves with the port (0 asks for any). Rejects with what the system says. */
export function listenOnAddress(server: Server, address: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => {
      server.off('error', reject)
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port)
    })
  })
}

/** Stops listening and ends every connection. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** A server with our limits. */
export function createLimitedServer(): Server {
  const server = createServer(serverLimits)
  server.maxConnections = maxConnections
  return server
}
