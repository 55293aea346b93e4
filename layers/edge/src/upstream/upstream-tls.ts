import { isIP } from 'node:net'
import type { TcpNetConnectOpts } from 'node:net'
import { checkServerIdentity, connect as connectTls } from 'node:tls'
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls'

/** How a service behind TLS is checked. */
export interface UpstreamTls {
  /** Authorities, certificate and key; made once for all connections. */
  readonly context: SecureContext
  /** Name that its certificate must have: a host name or an address. */
  readonly serverName: string
}

/** Connects and verifies: a service whose certificate does not fit gets no byte of a request. */
export function connectUpstreamTls(
  where: { host: string; port: number },
  tls: UpstreamTls,
  more: ConnectionOptions & Pick<TcpNetConnectOpts, 'onread'> = {},
): TLSSocket {
  const { context, serverName } = tls
  return connectTls({
    ...where,
    ...more,
    secureContext: context,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // RFC 6066 section 3: addresses are not sent as names; they are still checked.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(isIP(serverName) === 0 ? {} : { checkServerIdentity: addressCheck(serverName) }),
  })
}

function addressCheck(serverName: string): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_host, certificate) => checkServerIdentity(serverName, certificate)
}
