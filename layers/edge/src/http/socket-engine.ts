import { serveHttp2 } from '../http2/serve-http2.ts'
import { SocketFront } from '../listen/socket-front.ts'
import type { EngineOptions } from '../listen/socket-front.ts'
import { ClientConnection } from './client-connection.ts'
import type { HttpEngine } from './exchange.ts'

/** The engine on raw sockets: HTTP/1.1 by RFC 9112, nothing of node:http in the path of a request. */
export function createSocketEngine(options: EngineOptions): HttpEngine {
  return new SocketFront(options, {
    http1: (socket, peer, host) => new ClientConnection(socket, peer, host),
    http2: serveHttp2,
  })
}
