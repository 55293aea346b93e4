import { constants } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server, ServerOptions } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Server as SecureServer } from 'node:https'
import type { SecureContextOptions } from 'node:tls'

/** Limits of our listeners: nothing that a bouncer or a console sends comes near them. */
export const serverLimits: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
}
/** Connections at one time over TCP. */
export const maxConnections = 512

/** A listener of ours, encrypted or not. */
export type ApiServer = Server | SecureServer

/** Listens on an address; resolves with the port (0 asks for any). Rejects with what the system says. */
export function listenOnAddress(server: ApiServer, address: { host: string; port: number }): Promise<number> {
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
export function closeServer(server: ApiServer): Promise<void> {
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

const handshakeTimeoutMs = 5_000

/** The same, encrypted. With `asksClients` a client may show a certificate; what it is worth is decided for each request. */
export function createLimitedSecureServer(context: SecureContextOptions, asksClients: boolean): SecureServer {
  const server = createSecureServer({
    ...serverLimits,
    ...secureContext(context),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: handshakeTimeoutMs,
    requestCert: asksClients,
    rejectUnauthorized: false,
  })
  server.maxConnections = maxConnections
  return server
}

/** What our listeners add to certificates: a resumed session would not look at the client's certificate again. */
export function secureContext(context: SecureContextOptions): SecureContextOptions {
  return { ...context, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET }
}
