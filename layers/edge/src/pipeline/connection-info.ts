import type { ConnectionInfo } from '@sevenfold/event'
import type { Peer } from '../http/exchange.ts'

/** What is known of a request besides its connection. */
type RequestFacts = Required<Pick<ConnectionInfo, 'clientAddress' | 'requestId' | 'startedAtMs' | 'site'>>

/** What an inspection is told before the head. */
export function connectionInfo(peer: Peer, facts: RequestFacts): ConnectionInfo {
  return {
    clientAddress: facts.clientAddress,
    clientPort: peer.port,
    serverAddress: peer.localAddress,
    serverPort: peer.localPort,
    tls: peer.tls !== null,
    requestId: facts.requestId,
    startedAtMs: facts.startedAtMs,
    site: facts.site,
  }
}
